import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

/** What every Java client is asked, what it must answer (see ../../script.mjs), and how a result is printed. */
public final class Cases {
    public static final String TOOLS_MODEL = "us.meta.llama3-3-70b-instruct-v1:0";

    public static final String QUESTION = "Why do llamas hum?";
    public static final String ANSWER = "Llamas hum when they are content.";
    /** The counts of the script: the prompt's tokens, and the answer's with the token that ends it. */
    private static final int INPUT_TOKENS = 25;
    private static final int OUTPUT_TOKENS = 8;

    /** Its numbers are in nothing else of a prompt: the script answers by them. */
    public static final String SUM_QUESTION = "What is 1234 plus 4321, times 2? Use the tools.";
    private static final String SUM_ANSWER = "The result is 11110.";

    public static final String PERSON_TEXT = "Ada is 36 years old.";

    /** A person and their age. */
    public record Person(String name, int age) {}

    /** The sentences with which Bedrock refuses what a framework asked of Llama. */
    private static final List<String> REFUSALS = List.of(
        "This model doesn't support the toolConfig.toolChoice.any field.",
        "This model doesn't support the toolConfig.toolChoice.tool field.",
        "This model doesn't support tool use in streaming mode.",
        "This model doesn't support the outputConfig field.");

    private Cases() {}

    public static void expect(Object actual, Object expected) {
        if (!Objects.equals(actual, expected)) throw new AssertionError("expected " + expected + ", not " + actual);
    }

    public static void expectAnswer(String text) {
        expect(text, ANSWER);
    }

    /** Checks the texts of a stream. Frameworks may join tokens, but not all of them. */
    public static String expectStream(List<String> chunks) {
        List<String> texts = chunks.stream().filter(text -> text != null && !text.isEmpty()).toList();
        expect(String.join("", texts), ANSWER);
        if (texts.size() < 2) throw new AssertionError("the answer came as one chunk");
        return texts.size() + " chunks";
    }

    public static void expectUsage(Integer inputTokens, Integer outputTokens) {
        expect(List.of(inputTokens, outputTokens), List.of(INPUT_TOKENS, OUTPUT_TOKENS));
    }

    public static void expectPerson(Person person) {
        expect(person, new Person("Ada", 36));
    }

    /** Notes the calls of two tools. */
    public static final class Calls {
        private final List<String> calls = new ArrayList<>();

        public int add(int a, int b) {
            calls.add("add " + a + " " + b);
            return a + b;
        }

        public int multiply(int a, int b) {
            calls.add("multiply " + a + " " + b);
            return a * b;
        }

        /** Checks that the agent ran both tools with the model's arguments, and ended with its answer. */
        public void expectAll(String answer) {
            expect(calls, List.of("add 1234 4321", "multiply 5555 2"));
            expect(answer, SUM_ANSWER);
        }
    }

    /** A case, named as in the table; returns what there is to say of its success, or null. */
    public record Case(String name, Callable<String> body) {}

    /** Runs the cases, or those that the command line names, prints a line of JSON for the result of each, and exits. */
    public static void run(String client, Class<?> of, String[] named, Case... cases) {
        for (Case one : cases) {
            if (named.length == 0 || List.of(named).contains(one.name())) run(client, versionOf(of), one);
        }
        // the SDK's threads would keep the program running
        System.exit(0);
    }

    private static void run(String client, String version, Case one) {
        String result = "works";
        String detail;
        try {
            detail = one.body().call();
        } catch (Exception | AssertionError error) {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            String text = trace.toString();
            String refusal = REFUSALS.stream().filter(text::contains).findFirst().orElse(null);
            // an assertion quotes what it missed
            boolean refused = refusal != null && !(error instanceof AssertionError);
            result = refused ? "refused" : "failed";
            detail = refused ? refusal : error.toString();
            if (!refused) System.err.println(text);
        }
        System.out.printf(
            "{\"client\":%s,\"version\":%s,\"case\":%s,\"result\":%s,\"detail\":%s}%n",
            quoted(client), quoted(version), quoted(one.name()), quoted(result), quoted(detail));
        System.out.flush();
    }

    /** The version in the name of a class's library. */
    private static String versionOf(Class<?> of) {
        String path = of.getProtectionDomain().getCodeSource().getLocation().getPath();
        return path.replaceFirst(".*-([0-9][^/]*)\\.jar$", "$1");
    }

    private static String quoted(String text) {
        if (text == null) return "null";
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') json.append('\\').append(c);
            else if (c < ' ') json.append(String.format("\\u%04x", (int) c));
            else json.append(c);
        }
        return json.append('"').toString();
    }
}
