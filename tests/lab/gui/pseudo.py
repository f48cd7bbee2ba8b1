"""A language that nobody speaks: every message accented and lengthened, so that what was not
translated is seen.
"""

import pathlib
import re
import struct

ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ",
)
KEPT = re.compile(r"\{\w+\}|<[^>]+>|&\w+;")
"""Placeholders and markup."""


def accented(text: str) -> str:
    """The message in that language, a third longer."""
    done, at = [], 0
    for kept in KEPT.finditer(text):
        done += [text[at:kept.start()].translate(ACCENTS), kept.group()]
        at = kept.end()
    done.append(text[at:].translate(ACCENTS))
    return "".join(done) + "·" * (len(text) // 3)


def messages(template: pathlib.Path) -> list[tuple[str, str | None, str | None]]:
    """Message, plural and context of a template."""
    found: list[tuple[str, str | None, str | None]] = []
    entry: dict[str, str] = {}
    last = ""

    def close() -> None:
        if entry.get("msgid"):
            found.append((entry["msgid"], entry.get("msgid_plural"), entry.get("msgctxt")))
        entry.clear()

    for line in template.read_text().splitlines():
        keyword = re.match(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) ", line)
        if keyword:
            last = keyword.group(1)
            if last in ("msgctxt", "msgid") and "msgstr" in "".join(entry):
                close()
            entry[last] = ""
            line = line[keyword.end():]
        if line.startswith('"'):
            entry[last] += re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), line[1:-1])
    close()
    return found


def compiled(template: pathlib.Path) -> bytes:
    """The catalogue, in gettext's binary form."""
    pairs = {"": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"}
    for message, plural, context in messages(template):
        key = (f"{context}\x04" if context else "") + message + (f"\0{plural}" if plural else "")
        pairs[key] = accented(message) + (f"\0{accented(plural)}" if plural else "")
    keys = sorted((key.encode(), value.encode()) for key, value in pairs.items())
    count = len(keys)
    at = 28 + 16 * count
    tables, texts = [b"", b""], b""
    for which in (0, 1):
        for pair in keys:
            tables[which] += struct.pack("<2I", len(pair[which]), at + len(texts))
            texts += pair[which] + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0)
    return header + tables[0] + tables[1] + texts
