"""In how many pieces the answers on one kept connection arrive."""

import socket

LARGEST_PIECE_BYTES = 2**20


def pieces_of_answers(port: int, request: bytes, count: int) -> list[int]:
    """Send a request again and again on one connection; return how many reads each answer took."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        return [_pieces(connection, request) for _ in range(count)]


def _pieces(connection: socket.socket, request: bytes) -> int:
    connection.sendall(request)
    received, pieces = b"", 0
    while not _is_whole(received):
        piece = connection.recv(LARGEST_PIECE_BYTES)
        assert piece, "the connection was closed"
        received, pieces = received + piece, pieces + 1
    return pieces


def _is_whole(received: bytes) -> bool:
    head, separator, body = received.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    return bool(separator) and len(body) >= int(length)
