import org.springframework.ai.bedrock.converse.BedrockProxyChatModel;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Spring AI's ChatClient, as its starter for Bedrock Converse configures it. */
@EnableAutoConfiguration
public class Main {
    /** The tools of the agent. */
    public static final class Calculator {
        final Cases.Calls calls = new Cases.Calls();

        @Tool(description = "Add two integers.")
        public int add(int a, int b) {
            return calls.add(a, b);
        }

        @Tool(description = "Multiply two integers.")
        public int multiply(int a, int b) {
            return calls.multiply(a, b);
        }
    }

    public static void main(String[] args) {
        ChatClient client = new SpringApplicationBuilder(Main.class)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .properties("spring.ai.bedrock.converse.chat.options.model=" + Cases.TOOLS_MODEL)
            .run()
            .getBean(ChatClient.Builder.class)
            .build();
        Cases.run("spring-ai-bedrock-converse", BedrockProxyChatModel.class, args,
            new Cases.Case("plain", () -> {
                Cases.expectAnswer(client.prompt(Cases.QUESTION).call().content());
                return null;
            }),
            new Cases.Case("stream", () -> Cases.expectStream(
                client.prompt(Cases.QUESTION).stream().content().collectList().block())),
            new Cases.Case("usage", () -> {
                var usage = client.prompt(Cases.QUESTION).call().chatResponse().getMetadata().getUsage();
                Cases.expectUsage(usage.getPromptTokens(), usage.getCompletionTokens());
                return null;
            }),
            new Cases.Case("tools", () -> {
                Calculator calculator = new Calculator();
                calculator.calls.expectAll(
                    client.prompt(Cases.SUM_QUESTION).tools(calculator).call().content());
                return null;
            }),
            new Cases.Case("structured", () -> {
                Cases.expectPerson(client.prompt(Cases.PERSON_TEXT).call().entity(Cases.Person.class));
                return null;
            }));
    }
}
