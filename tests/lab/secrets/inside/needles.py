"""What a secret looks like when somebody has written it down, in whatever way."""

import base64
import re
from collections.abc import Iterable


def forms(secret: bytes) -> set[bytes]:
    """The secret itself, in hexadecimal digits, and in Base64 wherever in a text it begins."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + secret)
        # The letters at both ends depend on what stands beside it.
        middle = encoded[[0, 2, 3][before] : len(encoded) // 4 * 4 - 4]
        found |= {middle, middle.replace(b"+", b"-").replace(b"/", b"_")}
    # As UTF-16, as some programs keep their strings.
    found.add(secret.decode("latin-1").encode("utf-16-le"))
    return found


class Needles:
    """Several secrets that are looked for in one go."""

    def __init__(self, secrets: dict[str, bytes]) -> None:
        self.names = {form: name for name, secret in secrets.items() for form in forms(secret)}
        self.longest = max(map(len, self.names))
        longest_first = sorted(self.names, key=len, reverse=True)
        self.pattern = re.compile(b"|".join(map(re.escape, longest_first)))

    def within(self, data: bytes) -> set[str]:
        """The names of the secrets that are in it."""
        return {self.names[match.group()] for match in self.pattern.finditer(data)}

    def among(self, chunks: Iterable[bytes]) -> set[str]:
        """The same in pieces that follow each other."""
        found, end = set(), b""
        for chunk in chunks:
            found |= self.within(end + chunk)
            end = chunk[-self.longest :]
        return found
