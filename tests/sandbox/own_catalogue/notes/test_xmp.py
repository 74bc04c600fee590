"""XMP: elements and attributes, languages and lists, and what an XML parser must not do."""

import time

import pytest

from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.notes.xmp import xmp_notes

NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"'
    ' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"'
)
OWL = "<dc:title>owl</dc:title>"
OWL_NOTES = [("dc:title", "owl")]


def packet(inside: str, attributes: str = "") -> bytes:
    return (
        f'<?xpacket begin="\ufeff"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {NAMESPACES}>'
        f'<rdf:Description rdf:about="" {attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


def notes_of(data: bytes) -> list[tuple[str, str]]:
    return [(note.name, note.text) for note in xmp_notes(data)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (packet(OWL), OWL_NOTES),
        (packet("", 'dc:title="a &quot;b&quot; &#x263a;" xmp:Rating="4" xmp:CreateDate="2024-01-02T03:04:05+02:00"'),
         [("dc:title", 'a "b" ☺'), ("xmp:Rating", "4"), ("xmp:CreateDate", "2024-01-02T03:04:05+02:00")]),
        (packet("<dc:subject><rdf:Bag><rdf:li>owl</rdf:li><rdf:li> sea &amp; sky </rdf:li></rdf:Bag></dc:subject>"),
         [("dc:subject", "owl"), ("dc:subject", "sea & sky")]),
        (packet('<dc:title><rdf:Alt><rdf:li xml:lang="de">Eule</rdf:li><rdf:li xml:lang="x-default">owl</rdf:li>'
                '<rdf:li xml:lang="fr">hibou</rdf:li></rdf:Alt></dc:title>'),
         [("dc:title", "owl"), ("dc:title", "Eule"), ("dc:title", "hibou")]),
        (packet("<exif:UserComment><rdf:Alt><rdf:li>a, b</rdf:li></rdf:Alt></exif:UserComment>"
                "<tiff:ImageDescription>c</tiff:ImageDescription><exif:FNumber>2/1</exif:FNumber>"),
         [("exif:UserComment", "a, b"), ("tiff:ImageDescription", "c")]),
        (packet("<dc:title><![CDATA[a <b>]]></dc:title>"), [("dc:title", "a <b>")]),
        (packet("<ai:Prompt xmlns:ai='http://example/ai'>an owl</ai:Prompt>"), [("ai:Prompt", "an owl")]),
        (packet("<d:title xmlns:d='http://purl.org/dc/elements/1.1/'>owl</d:title>"), OWL_NOTES),
        (packet("<crs:Exposure2012>1</crs:Exposure2012>" + OWL, 'crs:Tint="4"'), OWL_NOTES),
        (packet(OWL).decode().encode("utf-16"), OWL_NOTES),
        (b"\0\0junk" + packet(OWL) + bytes(2000), OWL_NOTES),
        (packet(OWL)[:-40], OWL_NOTES),
        (packet("<dc:title>a & b</dc:title>"), [("dc:title", "a & b")]),
        (packet("<dc:title>caf\u00e9</dc:title>").decode().encode("latin-1", "replace"), [("dc:title", "café")]),
        (packet("<dc:title>a\x01b</dc:title>"), [("dc:title", "ab")]),
        (packet("<no:prefix>a</no:prefix>" + OWL), [("no:prefix", "a"), *OWL_NOTES]),
        (packet("<dc:title></dc:title>"), []),
        (b"", []),
        (b"no xml", []),
        (b"<dc:title>cut", []),
    ],
)  # fmt: skip
def test_a_packet_is_read(data: bytes, expected: list[tuple[str, str]]) -> None:
    assert notes_of(data) == expected


@pytest.mark.promise(number=12)
@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY a "owl">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://example/x.dtd">',
        '<!DOCTYPE x [<!ENTITY b "' + "b" * 1000 + '"><!ENTITY a "' + "&b;" * 1000 + '">]>',
    ],
)
def test_a_packet_that_declares_entities_is_not_read(declaration: str) -> None:
    assert notes_of(f"{declaration}<x>{'&a;' * 1000}<dc:title>&a;</dc:title></x>".encode()) == []


def test_a_packet_nested_without_end_is_left_in_time() -> None:
    begin = time.process_time()
    assert notes_of(packet("<a:b>" * 200_000)) == []
    assert len(list(xmp_notes(packet("<a:b>c</a:b>" * 50_000)))) == 2000
    assert time.process_time() - begin < 2


def test_a_huge_packet_is_left_out() -> None:
    assert list(xmp_notes(packet("<dc:title>" + "a" * (5 << 20) + "</dc:title>"))) == []
    assert list(xmp_notes(packet("<dc:title>" + "a" * 100_000 + "</dc:title>"))) == [
        Note("xmp", "dc:title", "a" * 100_000)
    ]
