"""The AWS CLI, version 1: the one that is a Python package."""

import json
import subprocess
import sys
from pathlib import Path

from cases import QUESTION, TOOLS_MODEL, NoSuchMode, expect_answer, expect_usage, run

# by its Python: the program itself names the folder in which it was installed
AWS = [sys.executable, str(Path(sys.executable).with_name("aws"))]


def converse(text):
    messages = json.dumps([{"role": "user", "content": [{"text": text}]}])
    asked = ["bedrock-runtime", "converse", "--model-id", TOOLS_MODEL, "--messages", messages]
    told = subprocess.run([*AWS, *asked], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def plain():
    expect_answer(converse(QUESTION)["output"]["message"]["content"][0]["text"])


def stream():
    raise NoSuchMode("it has none of the operations that stream")


def usage():
    counts = converse(QUESTION)["usage"]
    expect_usage(counts["inputTokens"], counts["outputTokens"])


def tools():
    raise NoSuchMode("it runs no tools")


def structured():
    raise NoSuchMode("it makes no objects of answers")


run("awscli", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
