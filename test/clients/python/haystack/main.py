"""Haystack's AmazonBedrockChatGenerator and Agent."""

import json

from cases import (
    PERSON_TEXT, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_person, expect_stream, expect_usage, run,
)
from haystack.components.agents import Agent
from haystack.dataclasses import ChatMessage
from haystack.tools import Tool
from haystack_integrations.components.generators.amazon_bedrock import AmazonBedrockChatGenerator

question = [ChatMessage.from_user(QUESTION)]


def plain():
    expect_answer(AmazonBedrockChatGenerator(TOOLS_MODEL).run(question)["replies"][0].text)


def stream():
    texts = []
    generator = AmazonBedrockChatGenerator(TOOLS_MODEL, streaming_callback=lambda chunk: texts.append(chunk.content))
    expect_answer(generator.run(question)["replies"][0].text)
    return expect_stream(texts)


def usage():
    counts = AmazonBedrockChatGenerator(TOOLS_MODEL).run(question)["replies"][0].meta["usage"]
    expect_usage(counts["prompt_tokens"], counts["completion_tokens"])


def tools():
    calculator = Calculator()
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
    }
    functions = [
        Tool(name=function.__name__, description=function.__doc__, parameters=schema, function=function)
        for function in (calculator.add, calculator.multiply)
    ]
    agent = Agent(chat_generator=AmazonBedrockChatGenerator(TOOLS_MODEL), tools=functions)
    result = agent.run(messages=[ChatMessage.from_user(SUM_QUESTION)])
    calculator.expect_calls(result["messages"][-1].text)


def structured():
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
    }
    options = {"response_format": {"name": "Person", "schema": schema}}
    generator = AmazonBedrockChatGenerator(TOOLS_MODEL, generation_kwargs=options)
    person = json.loads(generator.run([ChatMessage.from_user(PERSON_TEXT)])["replies"][0].text)
    expect_person(person["name"], person["age"])


run("amazon-bedrock-haystack", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
