"""All notes of a file: every place of every container, and what odd or huge ones cost."""

import io
import random
import secrets
import struct

import pytest

from scenario_mcp.picture_formats import PNG, detect_format
from scenario_mcp.sandbox.file_kinds import kind_of_file
from scenario_mcp.sandbox.own_catalogue.file_documents import document_of_file
from scenario_mcp.sandbox.own_catalogue.notes.limits import MAX_NOTES
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.notes.reading import read_notes
from scenario_mcp.sandbox.own_catalogue.picture_facts import read_picture_facts
from scenario_mcp.sandbox.own_catalogue.walk import BadFile, FoundFile
from tests.support import containers as made
from tests.support.odd_files import mutated, seed_files
from tests.support.picture_files import xmp

EXIF = made.tiff(
    {0x010E: "An owl", 0x0110: 'prompt:{"1": {}}', 0x4746: 4},
    {0x9286: b"UNICODE\0" + "灯塔 a lamp".encode("utf-16-be"), 0x9003: "2024:01:02 03:04:05"},
)
EXIF_NOTES = (
    Note("exif", "ImageDescription", "An owl"),
    Note("exif", "Model", 'prompt:{"1": {}}'),
    Note("exif", "Rating", "4"),
    Note("exif", "UserComment", "灯塔 a lamp"),
    Note("exif", "DateTimeOriginal", "2024:01:02 03:04:05"),
)
XMP = xmp({"dc:description": "A <b> & c", "dc:subject": ["owl", "sea"]})
XMP_NOTES = (
    Note("xmp", "dc:description", "A <b> & c"),
    Note("xmp", "dc:subject", "owl"),
    Note("xmp", "dc:subject", "sea"),
)
IPTC = made.datasets((5, b"Owl"), (25, "forêt".encode()), (25, b"mer"), (120, b"caf\xe9"))
IPTC_NOTES = (
    Note("iptc", "ObjectName", "Owl"),
    Note("iptc", "Keywords", "forêt"),
    Note("iptc", "Keywords", "mer"),
    Note("iptc", "Caption-Abstract", "café"),
)
RESOURCES = made.resources({0x0404: IPTC})
C2PA = made.manifest_store({"c2pa.claim": {"claim_generator": "Studio/1"}})
C2PA_NOTES = (Note("c2pa", "claim_generator", "Studio/1"),)
COMMENT = (Note("comment", "Comment", "hello"),)


def notes_of(data: bytes) -> tuple[Note, ...]:
    picture_format = detect_format(data)
    assert picture_format is not None
    return read_notes(io.BytesIO(data), picture_format)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            made.png(
                made.text_chunk("Title", "Owl"),
                made.chunk(b"eXIf", EXIF),
                made.international_chunk("XML:com.adobe.xmp", XMP),
                made.chunk(b"caBX", C2PA),
            ),
            (Note("png", "Title", "Owl"), *EXIF_NOTES, *XMP_NOTES, *C2PA_NOTES),
            id="png",
        ),
        pytest.param(
            made.png(
                behind=[
                    made.packed_chunk("parameters", "an owl"),
                    made.international_chunk("Comment", "сова", is_packed=True),
                    made.international_chunk("XML:com.adobe.xmp", XMP, is_packed=True),
                    made.chunk(b"eXIf", b"Exif\0\0" + EXIF),
                ]
            ),
            (Note("png", "parameters", "an owl"), Note("png", "Comment", "сова"), *XMP_NOTES, *EXIF_NOTES),
            id="png-behind-the-pixels",
        ),
        pytest.param(
            made.png(
                made.packed_chunk("Raw profile type exif", f"\nexif\n{len(EXIF)}\n{EXIF.hex()}\n"),
                made.text_chunk("Raw profile type iptc", f"\niptc\n  {len(RESOURCES)}\n{RESOURCES.hex()}\n"),
                made.text_chunk("Raw profile type xmp", f"\nxmp\n{len(XMP)}\n{XMP.encode().hex()}\n"),
            ),
            (*EXIF_NOTES, *IPTC_NOTES, *XMP_NOTES),
            id="png-of-imagemagick",
        ),
        pytest.param(
            made.jpeg(
                made.segment(0xE1, b"Exif\0\0" + EXIF),
                made.segment(0xE1, made.XMP_SEGMENT + XMP.encode()),
                made.segment(0xFE, b"hello"),
                made.segment(0xED, b"Photoshop 3.0\0" + RESOURCES),
                made.segment(0xEB, b"JP\0\1\0\0\0\1" + C2PA[:40]),
                made.segment(0xEB, b"JP\0\1\0\0\0\2" + C2PA[:8] + C2PA[40:]),
            ),
            (*EXIF_NOTES, *XMP_NOTES, *COMMENT, *IPTC_NOTES, *C2PA_NOTES),
            id="jpeg",
        ),
        pytest.param(
            made.webp((b"EXIF", EXIF), (b"XMP ", XMP.encode()), (b"C2PA", C2PA)),
            (*EXIF_NOTES, *XMP_NOTES, *C2PA_NOTES),
            id="webp",
        ),
        pytest.param(
            made.webp((b"EXIF", b"Exif\0\0" + EXIF)),
            EXIF_NOTES,
            id="webp-with-a-name-before-exif",
        ),
        pytest.param(
            made.gif(made.gif_xmp(XMP.encode()), made.gif_comment(b"hello")), (*XMP_NOTES, *COMMENT), id="gif"
        ),
        pytest.param(
            made.tiff_picture({0x010E: "An owl", 700: XMP.encode(), 33723: IPTC}),
            (EXIF_NOTES[0], *XMP_NOTES, *IPTC_NOTES),
            id="tiff",
        ),
        pytest.param(
            made.psd({0x0404: IPTC, 0x0422: EXIF, 0x0424: XMP.encode()}),
            (*IPTC_NOTES, *EXIF_NOTES, *XMP_NOTES),
            id="psd",
        ),
        pytest.param(
            made.heif([(b"Exif", bytes(4) + EXIF), (b"mime", XMP.encode())])
            + made.box(b"uuid", made.C2PA_ID, bytes(4), b"manifest\0", bytes(8), C2PA),
            (*EXIF_NOTES, *XMP_NOTES, *C2PA_NOTES),
            id="avif",
        ),
        pytest.param(
            b"\0\0\0\x0cJXL \r\n\x87\n" + made.box(b"Exif", bytes(4), EXIF) + made.box(b"xml ", XMP.encode()) + C2PA,
            (*EXIF_NOTES, *XMP_NOTES, *C2PA_NOTES),
            id="jxl",
        ),
        pytest.param(made.saved("BMP"), (), id="bmp"),
    ],
)
def test_the_notes_of_every_container_are_read(data: bytes, expected: tuple[Note, ...]) -> None:
    assert notes_of(data) == expected


def test_pillows_own_avif_has_its_exif_read() -> None:
    assert notes_of(made.saved("AVIF", exif=EXIF, xmp=XMP.encode())) == (*EXIF_NOTES, *XMP_NOTES)


def test_an_extended_xmp_packet_is_put_together() -> None:
    data, guid = XMP.encode(), b"A" * 32
    parts = [
        made.segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">II", len(data), at) + part)
        for at, part in ((100, data[100:]), (0, data[:100]))
    ]
    assert notes_of(made.jpeg(*parts)) == XMP_NOTES


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(made.chunk(b"tEXt", b"Comment\0x", checksum=0), id="wrong checksum"),
        pytest.param(made.chunk(b"eXIf", b"II*\0\x08"), id="five bytes of exif"),
        pytest.param(made.chunk(b"eXIf", b"XX"), id="no exif"),
        pytest.param(made.chunk(b"pHYs", b"\0"), id="short chunk"),
        pytest.param(made.chunk(b"tEXt", b""), id="empty chunk"),
        pytest.param(made.chunk(b"tEXt", b"no keyword"), id="no keyword"),
        pytest.param(made.chunk(b"zTXt", b"a\0\0no zlib"), id="not packed"),
        pytest.param(made.chunk(b"iTXt", b"a\0\1\0\0\0no zlib"), id="iTXt not packed"),
        pytest.param(made.chunk(b"tEXt", b"a\0b", size=100), id="length into the next chunk"),
        pytest.param(made.chunk(b"tEXt", b"a\0b", size=2**31), id="length behind the end"),
        pytest.param(made.chunk(b"tEXt", b"a\0" + b"b" * 50, size=5), id="length too short"),
        pytest.param(made.packed_chunk("workflow", bytes(60_000_000)), id="bomb"),
        pytest.param(made.chunk(b"iCCP", b"x\0\0" + bytes(1_200_000)), id="large profile"),
        pytest.param(made.international_chunk("XML:com.adobe.xmp", "<a" * 5000), id="no xmp"),
        pytest.param(made.text_chunk("Raw profile type exif", "\nexif\n9\nzz\n"), id="no digits"),
        pytest.param(made.chunk(b"caBX", b"\0\0\0\1jumb"), id="no c2pa"),
    ],
)
def test_an_odd_note_costs_itself_alone(odd: bytes) -> None:
    facts = read_picture_facts(
        io.BytesIO(made.png(made.text_chunk("Title", "Owl"), odd, made.text_chunk("Author", "Lena")))
    )
    assert (facts.width, facts.height) == (16, 12)
    assert [note for note in facts.notes if note.name in {"Title", "Author"}] == [
        Note("png", "Title", "Owl"),
        Note("png", "Author", "Lena"),
    ]


def test_a_workflow_of_megabytes_is_read() -> None:
    workflow = '{"nodes": [' + ", ".join(f'{{"id": {number}}}' for number in range(80_000)) + "]}"
    assert notes_of(made.png(made.packed_chunk("workflow", workflow))) == (Note("png", "workflow", workflow),)


def test_a_note_whose_packing_is_damaged_at_its_end_is_read_up_to_there() -> None:
    content = made.packed_chunk("parameters", "an owl " * 100)[8:-4]
    assert notes_of(made.png(made.chunk(b"zTXt", content[:-4] + b"oops"))) == (
        Note("png", "parameters", "an owl " * 100),
    )


def test_keywords_may_be_told_twice_and_in_utf_8_where_latin_1_is_meant() -> None:
    texts = [made.text_chunk("Comment", text) for text in ("сова".encode(), "naïve", "x")]
    assert [note.text for note in notes_of(made.png(*texts))] == ["сова", "naïve", "x"]


@pytest.mark.promise(number=12)
def test_the_number_of_notes_is_bounded() -> None:
    assert len(notes_of(made.png(made.text_chunk("a", "b") * (MAX_NOTES + 50)))) == MAX_NOTES


@pytest.mark.promise(number=12)
def test_many_bombs_are_unpacked_no_further_than_a_few() -> None:
    bomb = made.packed_chunk("a", bytes(60_000_000))
    assert notes_of(made.png(bomb * 50, behind=[made.text_chunk("a", "b")])) == ()


def test_only_a_part_of_the_file_is_read() -> None:
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.taken += len(data)
            return data

    pixels = made.chunk(b"IDAT", bytes(5_000_000))
    file = Counting(made.png(made.text_chunk("a", "b"), pixels, behind=[made.text_chunk("c", "d")]))
    assert [note.name for note in read_notes(file, PNG)] == ["a", "c"]
    assert file.taken < 200


def check_that_only_bad_files_are_refused(count: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # damage needs no cryptographic randomness
    seeds = seed_files()
    names = list(seeds)
    refused = 0
    for _ in range(count):
        name = chance.choice(names)
        data = mutated(seeds[name], chance)
        kind = kind_of_file(name)
        assert kind is not None
        try:
            document = document_of_file(FoundFile(name, len(data), 0), kind, io.BytesIO(data))
        except BadFile:
            refused += 1
        else:
            assert document["metadata"]["width"] > 0
    assert 0 < refused < count


def test_every_good_file_is_read() -> None:
    for name, data in seed_files().items():
        if not name.endswith((".heic", ".jxl")):
            assert read_picture_facts(io.BytesIO(data)).width > 0


def test_damaged_files_are_read_or_refused() -> None:
    check_that_only_bad_files_are_refused(150, seed=1)


@pytest.mark.fuzz
@pytest.mark.timeout(600)
def test_many_damaged_files_are_read_or_refused() -> None:
    check_that_only_bad_files_are_refused(20_000, seed=secrets.randbits(32))
