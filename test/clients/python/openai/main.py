"""OpenAI's SDK for Python, with its client for Bedrock. It calls another API than Bedrock Runtime's, which Cria doesn't have."""

from cases import QUESTION, TOOLS_MODEL, NoSuchMode, run
from openai import BedrockOpenAI, NotFoundError

WHY = "it calls Bedrock's API in OpenAI's format, which Cria doesn't have: 404"


def plain():
    try:
        BedrockOpenAI(max_retries=0).chat.completions.create(
            model=TOOLS_MODEL, messages=[{"role": "user", "content": QUESTION}]
        )
    except NotFoundError as error:
        # Cria says it as Bedrock does of any path that it doesn't have
        assert error.response.text == "<UnknownOperationException/>", error.response.text
        raise NoSuchMode(WHY) from error


def same():
    raise NoSuchMode(WHY)


run("openai", plain=plain, stream=same, usage=same, tools=same, structured=same)
