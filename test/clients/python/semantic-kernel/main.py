"""Semantic Kernel's BedrockChatCompletion, with functions that the model may call."""

import asyncio

from cases import (
    FORCED_TOOL, NoSuchMode, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_stream, expect_usage, run,
)
from semantic_kernel import Kernel
from semantic_kernel.connectors.ai import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.bedrock import BedrockChatCompletion, BedrockChatPromptExecutionSettings
from semantic_kernel.contents import ChatHistory
from semantic_kernel.functions import kernel_function

service = BedrockChatCompletion(model_id=TOOLS_MODEL)


def history(text):
    messages = ChatHistory()
    messages.add_user_message(text)
    return messages


def ask(text):
    return asyncio.run(service.get_chat_message_content(history(text), BedrockChatPromptExecutionSettings()))


def plain():
    expect_answer(ask(QUESTION).content)


def stream():
    async def texts():
        settings = BedrockChatPromptExecutionSettings()
        parts = service.get_streaming_chat_message_content(history(QUESTION), settings)
        return [part.content async for part in parts if part is not None]

    return expect_stream(asyncio.run(texts()))


def usage():
    counts = ask(QUESTION).metadata["usage"]
    expect_usage(counts.prompt_tokens, counts.completion_tokens)


def tools():
    calculator = Calculator()

    class Plugin:
        @kernel_function(name="add", description="Add two integers.")
        def add(self, a: int, b: int) -> int:
            return calculator.add(a, b)

        @kernel_function(name="multiply", description="Multiply two integers.")
        def multiply(self, a: int, b: int) -> int:
            return calculator.multiply(a, b)

    kernel = Kernel()
    kernel.add_plugin(Plugin(), "calculator")
    settings = BedrockChatPromptExecutionSettings(function_choice_behavior=FunctionChoiceBehavior.Auto())
    answer = asyncio.run(service.get_chat_message_content(history(SUM_QUESTION), settings, kernel=kernel))
    calculator.expect_calls(answer.content)


def structured():
    raise NoSuchMode("its connector for Bedrock takes no response format")


run("semantic-kernel", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
