"""LlamaIndex: BedrockConverse, and a FunctionAgent that doesn't stream."""

import asyncio

from cases import (
    ANY_TOOL, PERSON_TEXT, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_person, expect_refusal, expect_stream, expect_usage, run,
)
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.bedrock_converse import BedrockConverse
from pydantic import BaseModel

llm = BedrockConverse(model=TOOLS_MODEL)
question = [ChatMessage(role="user", content=QUESTION)]


class Person(BaseModel):
    """A person and their age."""

    name: str
    age: int


def plain():
    expect_answer(llm.chat(question).message.content)


def stream():
    return expect_stream(part.delta for part in llm.stream_chat(question))


def usage():
    counts = llm.chat(question).raw["usage"]
    expect_usage(counts["inputTokens"], counts["outputTokens"])


def tools():
    calculator = Calculator()
    functions = [FunctionTool.from_defaults(fn=tool) for tool in (calculator.add, calculator.multiply)]
    agent = FunctionAgent(llm=llm, tools=functions, streaming=False)

    async def ask():
        return str(await agent.run(SUM_QUESTION))

    calculator.expect_calls(asyncio.run(ask()))


def structured():
    expect_refusal(ANY_TOOL, lambda: llm.as_structured_llm(Person).complete(PERSON_TEXT))
    unforced = BedrockConverse(model=TOOLS_MODEL, supports_forced_tool_calls=False)
    person = unforced.as_structured_llm(Person).complete(PERSON_TEXT).raw
    expect_person(person.name, person.age)


run("llama-index-llms-bedrock-converse", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
