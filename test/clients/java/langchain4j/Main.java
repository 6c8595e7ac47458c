import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.model.bedrock.BedrockChatModel;
import dev.langchain4j.model.bedrock.BedrockStreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.service.AiServices;
import java.util.List;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;

/** LangChain4j's chat models and AI Services. */
public class Main {
    /** The tools of the agent. */
    public static final class Calculator {
        final Cases.Calls calls = new Cases.Calls();

        @Tool("Add two integers.")
        public int add(@P("the first integer") int a, @P("the second integer") int b) {
            return calls.add(a, b);
        }

        @Tool("Multiply two integers.")
        public int multiply(@P("the first integer") int a, @P("the second integer") int b) {
            return calls.multiply(a, b);
        }
    }

    /** An agent, which AI Services implement. */
    public interface Assistant {
        String chat(String text);
    }

    /** Structured output, which AI Services implement. */
    public interface Extractor {
        Cases.Person extract(String text);
    }

    public static void main(String[] args) {
        BedrockChatModel model = BedrockChatModel.builder().modelId(Cases.TOOLS_MODEL).build();
        Cases.run("langchain4j-bedrock", BedrockChatModel.class, args,
            new Cases.Case("plain", () -> {
                Cases.expectAnswer(model.chat(Cases.QUESTION));
                return null;
            }),
            new Cases.Case("stream", () -> Cases.expectStream(streamed(Cases.QUESTION))),
            new Cases.Case("usage", () -> {
                var usage = model.chat(UserMessage.from(Cases.QUESTION)).tokenUsage();
                Cases.expectUsage(usage.inputTokenCount(), usage.outputTokenCount());
                return null;
            }),
            new Cases.Case("tools", () -> {
                Calculator calculator = new Calculator();
                Assistant assistant =
                    AiServices.builder(Assistant.class).chatModel(model).tools(calculator).build();
                calculator.calls.expectAll(assistant.chat(Cases.SUM_QUESTION));
                return null;
            }),
            new Cases.Case("structured", () -> {
                Cases.expectPerson(AiServices.create(Extractor.class, model).extract(Cases.PERSON_TEXT));
                return null;
            }));
    }

    private static List<String> streamed(String question) throws Exception {
        BedrockStreamingChatModel model = BedrockStreamingChatModel.builder().modelId(Cases.TOOLS_MODEL).build();
        List<String> texts = new ArrayList<>();
        CompletableFuture<List<String>> whole = new CompletableFuture<>();
        model.chat(ChatRequest.builder().messages(UserMessage.from(question)).build(), new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String text) {
                texts.add(text);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                whole.complete(texts);
            }

            @Override
            public void onError(Throwable error) {
                whole.completeExceptionally(error);
            }
        });
        return whole.get();
    }
}
