"""Anthropic's SDK for Python, with its client for Bedrock. It writes requests in Claude's own format, which no Llama takes."""

from anthropic import AnthropicBedrock
from cases import QUESTION, TOOLS_MODEL, NoSuchMode, run


def ask(**options):
    return AnthropicBedrock(max_retries=0).messages.create(
        model=TOOLS_MODEL, max_tokens=64, messages=[{"role": "user", "content": QUESTION}], **options
    )


def plain():
    ask()


def stream():
    for _ in ask(stream=True):
        pass


def claudes():
    raise NoSuchMode("it writes Claude's own format")


run("anthropic", plain=plain, stream=stream, usage=claudes, tools=claudes, structured=claudes)
