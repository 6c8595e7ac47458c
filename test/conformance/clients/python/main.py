"""Makes the calls read from stdin, one JSON object per line, with boto3 in its default configuration; writes a line about each to stdout."""

import json
import sys
import threading

import boto3

from failure import describe
from operations import CONTROL, RUNTIME, STREAMS


class Call:
    """One call, and the events received."""

    def __init__(self, request):
        self.operation = request["operation"]
        self.input = request.get("input", {})
        self.stop_after = request.get("stopAfter")
        self.abort_after_ms = request.get("abortAfterMs")
        self.events = [] if self.operation in STREAMS else None
        self.response = None

    def run(self, clients):
        if self.operation in STREAMS:
            return self.stream(clients["bedrock-runtime"])
        if self.operation in RUNTIME:
            return RUNTIME[self.operation](clients["bedrock-runtime"], self.input)
        return CONTROL[self.operation](clients["bedrock"], self.input)

    def stream(self, client):
        send, show_event, show = STREAMS[self.operation]
        self.response, events = send(client, self.input)
        if self.abort_after_ms is not None:
            # closing a stream cancels it; a call without streaming can't be cancelled
            threading.Timer(self.abort_after_ms / 1000, events.close).start()
        for event in events:
            self.events.append(show_event(event))
            if len(self.events) == self.stop_after:
                # as a program does
                break
        return show(self.response), self.response


def answer(clients, call):
    told = {}
    try:
        output, response = call.run(clients)
        told["output"] = output
    except Exception as error:
        told["error"] = describe(error)
        response = getattr(error, "response", {})
    if call.events is not None:
        told["events"] = call.events
    retries = response.get("ResponseMetadata", {}).get("RetryAttempts")
    return told if retries is None else {**told, "retries": retries}


def main():
    if sys.argv[1:] != ["--transport", "default"]:
        sys.exit("the SDK has one transport: --transport default")
    clients = {name: boto3.client(name) for name in ("bedrock-runtime", "bedrock")}
    calls = []
    for line in sys.stdin:
        request = json.loads(line)
        # kept, like a script's variables: Python closes a response without references
        calls.append(Call(request))
        print(json.dumps({"id": request["id"], **answer(clients, calls[-1])}), flush=True)


main()
