#!/usr/bin/python3
"""Lets X clients of this guest draw on the display of the lab's own machine.

    display.py LINE

LINE is a raw serial line; its other end is build-aux/lab.d/labkit/display.py, which describes the frames.
The display is :0. It serves until the guest ends.
"""

import itertools
import os
import pathlib
import socket
import struct
import sys
import threading
import tty

SOCKET = "/tmp/.X11-unix/X0"
MOST = 256
"""Connections at once: their number is a byte."""


def write_all(fd: int, data: bytes) -> None:
    """Writes all of it."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


def listen() -> socket.socket:
    """The display's socket, for every user."""
    pathlib.Path(SOCKET).parent.mkdir(mode=0o1777, exist_ok=True)
    server = socket.socket(socket.AF_UNIX)
    server.bind(SOCKET)
    os.chmod(SOCKET, 0o777)
    server.listen(5)
    return server


class Display:
    """The guest's end of the line.

    Each direction has a thread of its own: either side may stop listening until it is listened to.
    """

    def __init__(self, line: int) -> None:
        self.line = line
        self.clients: dict[int, socket.socket] = {}
        self.writing = threading.Lock()

    def serve(self, display: socket.socket) -> None:
        """Takes clients. A number is used again as late as possible: a word for the one before may still
        be under way."""
        threading.Thread(target=self.take, daemon=True).start()
        for number in itertools.cycle(range(MOST)):
            if number in self.clients:
                continue
            client, _ = display.accept()
            self.clients[number] = client
            threading.Thread(target=self.say, args=(number, client), daemon=True).start()

    def say(self, number: int, client: socket.socket) -> None:
        """Carries what a client says, and that it has closed."""
        try:
            while data := client.recv(65536):
                self.send(b"D", number, data)
        except OSError:
            # It was closed from here, or is gone.
            pass
        if self.clients.get(number) is client:
            self.close(number)
            self.send(b"C", number)

    def take(self) -> None:
        """Gives the clients what comes for them."""
        stream = open(self.line, "rb", closefd=False)
        while len(header := stream.read(6)) == 6:
            kind, length, number = struct.unpack(">cIB", header)
            payload = stream.read(length - 1)
            self.send(b"A", number)
            client = self.clients.get(number)
            try:
                if kind == b"C":
                    self.close(number)
                elif client is not None:
                    client.sendall(payload)
            except OSError:
                # It has gone; the thread that reads it says so.
                continue

    def close(self, number: int) -> None:
        """Ends a client's connection."""
        client = self.clients.pop(number, None)
        if client is not None:
            try:
                # close() alone would leave the thread that reads it waiting.
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            client.close()

    def send(self, kind: bytes, number: int, payload: bytes = b"") -> None:
        """Sends one frame."""
        with self.writing:
            write_all(self.line, struct.pack(">cIB", kind, 1 + len(payload), number) + payload)


def main() -> None:
    """Serves the display."""
    line = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
    tty.setraw(line)
    Display(line).serve(listen())


main()
