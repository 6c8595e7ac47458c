"""LangChain's ChatBedrock, which writes Llama's prompt itself and calls InvokeModel."""

from cases import NoSuchMode, QUESTION, SUM_QUESTION, expect_answer, expect_stream, expect_usage, run
from langchain_aws import ChatBedrock

MODELS = ["meta.llama2-13b-chat-v1", "meta.llama3-8b-instruct-v1:0"]
models = [ChatBedrock(model=model_id, beta_use_converse_api=False) for model_id in MODELS]


def plain():
    for model in models:
        expect_answer(model.invoke(QUESTION).text)


def stream():
    return " and ".join(expect_stream(chunk.text for chunk in model.stream(QUESTION)) for model in models)


def usage():
    for model in models:
        counts = model.invoke(QUESTION).usage_metadata
        expect_usage(counts["input_tokens"], counts["output_tokens"])


def tools():
    raise NoSuchMode("a native body has no tools")


def structured():
    raise NoSuchMode("a native body has no tools")


run("langchain-aws", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
