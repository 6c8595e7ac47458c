"""What every Python client is asked, what it must answer (see ../../script.mjs), and how a result is printed."""

import importlib.metadata
import json
import sys
import traceback

TOOLS_MODEL = "us.meta.llama3-3-70b-instruct-v1:0"

QUESTION = "Why do llamas hum?"
ANSWER = "Llamas hum when they are content."
# the counts of the script: the prompt's tokens, and the answer's with the token that ends it
INPUT_TOKENS = 25
OUTPUT_TOKENS = 8

# numbers that nothing else in a prompt holds: the script answers by them
SUM_QUESTION = "What is 1234 plus 4321, times 2? Use the tools."
SUM_ANSWER = "The result is 11110."

PERSON_TEXT = "Ada is 36 years old."

# the sentences with which Bedrock refuses what a framework asked of Llama
ANY_TOOL = "This model doesn't support the toolConfig.toolChoice.any field."
FORCED_TOOL = "This model doesn't support the toolConfig.toolChoice.tool field."
STREAMED_TOOLS = "This model doesn't support tool use in streaming mode."
OUTPUT_CONFIG = "This model doesn't support the outputConfig field."
PREFILL = "The model that you are using requires the last turn in the conversation to be a user message."
OTHER_FORMAT = "Malformed input request: #: required key [prompt] not found"
REFUSALS = [ANY_TOOL, FORCED_TOOL, STREAMED_TOOLS, OUTPUT_CONFIG, PREFILL, OTHER_FORMAT]


class NoSuchMode(Exception):
    """The framework has no way to do this; the message says why."""


def expect(actual, expected):
    assert actual == expected, f"expected {expected!r}, not {actual!r}"


def expect_answer(text):
    expect(text, ANSWER)


def expect_stream(chunks):
    """Checks the texts of a stream. Frameworks may join tokens, but not all of them."""
    texts = [text for text in chunks if text]
    expect("".join(texts), ANSWER)
    assert len(texts) > 1, "the answer came as one chunk"
    return f"{len(texts)} chunks"


def expect_usage(input_tokens, output_tokens):
    expect((input_tokens, output_tokens), (INPUT_TOKENS, OUTPUT_TOKENS))


def expect_refusal(sentence, ask):
    """Checks that a request is refused in Bedrock's words."""
    try:
        ask()
    except Exception as error:
        assert sentence in text_of(error), f"expected {sentence!r}, not {error}"
    else:
        raise AssertionError(f"expected {sentence!r}, not an answer")


class Calculator:
    """Two tools that note their calls."""

    def __init__(self):
        self.calls = []

    def add(self, a: int, b: int) -> int:
        """Add two integers.

        Args:
            a: The first integer.
            b: The second integer.
        """
        self.calls.append(("add", a, b))
        return a + b

    def multiply(self, a: int, b: int) -> int:
        """Multiply two integers.

        Args:
            a: The first integer.
            b: The second integer.
        """
        self.calls.append(("multiply", a, b))
        return a * b

    def expect_calls(self, answer):
        """Checks that the agent ran both tools with the model's arguments, and ended with its answer."""
        expect(self.calls, [("add", 1234, 4321), ("multiply", 5555, 2)])
        expect(answer.strip(), SUM_ANSWER)


def expect_person(name, age):
    expect((name, age), ("Ada", 36))


def run(package, **cases):
    """Runs the cases, or those that the command line names, and prints a line of JSON for the result of each."""
    version = importlib.metadata.version(package)
    for name in sys.argv[1:] or cases:
        try:
            result, detail = "works", cases[name]()
        except NoSuchMode as error:
            result, detail = "no such mode", str(error)
        except Exception as error:
            result, detail = judged(error)
        line = {"client": package, "version": version, "case": name, "result": result, "detail": detail}
        print(json.dumps(line), flush=True)


def judged(error):
    """A refusal in Bedrock's words, wherever the framework has put them; else a failure."""
    text = text_of(error)
    refusal = next((sentence for sentence in REFUSALS if sentence in text), None)
    # an assertion quotes the refusal that it missed
    if refusal is not None and not isinstance(error, AssertionError):
        return "refused", refusal
    sys.stderr.write(text)
    return "failed", f"{type(error).__name__}: {error}"


def text_of(error):
    """The message of an error with those of its causes."""
    return "".join(traceback.format_exception(error))
