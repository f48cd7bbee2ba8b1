#!/usr/bin/env python3
"""Runs in a live guest as an ordinary user: installs with secrets that exist nowhere else, while root watches.

    install.py ANSWERS

Prints one line of JSON. A decoy is planted where it must be found: a hunt that finds nothing has to
show that it can find.
"""

import json
import os
import secrets
import subprocess
import sys
import time
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = ["sudo", "-n", "python3", "-B"]


def pipe(text: str) -> int:
    """A descriptor that this can be read from."""
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    return reading


def main() -> None:
    """All of it."""
    began = time.time()
    # Not alike, and with every kind of letter that is escaped somewhere.
    canaries = {
        "passphrase": f"canary p {secrets.token_hex(12)} \"'$<&>",
        "password": f"canary w {secrets.token_hex(12)} \\'\"%;",
        "decoy": f"decoy {secrets.token_hex(12)}",
    }
    told = json.dumps(canaries) + "\n"
    result: dict[str, Any] = {"canaries": canaries}
    with subprocess.Popen([*PYTHON, f"{HERE}/watch.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdin is not None and watch.stdout is not None
        watch.stdin.write(told)
        watch.stdin.flush()
        assert watch.stdout.readline() == "watching\n"
        decoy = canaries["decoy"]
        planted = [
            subprocess.Popen(["sh", "-c", "sleep 3; :", decoy]),
            subprocess.Popen(["sleep", "3"], env={"PATH": os.environ["PATH"], "DECOY": decoy.encode().hex()}),
        ]
        passphrase, password = pipe(canaries["passphrase"]), pipe(canaries["password"])
        ended = subprocess.run(
            ["snowmelt-cli", "install", sys.argv[1], "--yes", "--log", "/home/live/install.log",
             "--passphrase-fd", str(passphrase), "--password-fd", str(password)],
            pass_fds=(passphrase, password), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False,
        )
        for process in planted:
            process.wait()
        watch.stdin.close()
        result["watch"] = json.loads(watch.stdout.read())
    result["status"], result["output"] = ended.returncode, ended.stdout[-4000:]
    with open("/home/live/.planted", "w", encoding="utf-8") as file:
        file.write("x " + decoy)
    subprocess.run(["logger", decoy.encode().hex()], check=True)
    subprocess.run(["sudo", "-n", "journalctl", "--sync"], check=False)
    search = subprocess.run([*PYTHON, f"{HERE}/search.py", "live", str(began - 1)], input=told, text=True,
                            stdout=subprocess.PIPE, check=True)
    result["search"] = json.loads(search.stdout)
    print("@result " + json.dumps(result))


main()
