import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Makes the calls read from stdin, one JSON object per line, with the AWS SDK for Java in its default configuration, and writes one
 * line about each to stdout.
 */
public class Main {
  public static void main(String[] args) throws Exception {
    if (args.length != 2 || !args[0].equals("--transport")) {
      throw new IllegalArgumentException("the one option is --transport default, http1 or sync");
    }
    TrustStore.trust(System.getenv("CRIA_CA_FILE"));
    var clients = clients(args[1]);
    // JSON is UTF-8; System.in and System.out have the platform's encoding
    var requests = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    var answers = new PrintStream(System.out, true, UTF_8);
    for (var line = requests.readLine(); line != null; line = requests.readLine()) {
      answers.println(Json.write(answer(clients, new Call(Json.read(line)))));
    }
    // The clients aren't closed: Netty would wait 2 s for more work, and its threads end with the program.
  }

  private static Clients clients(String transport) {
    return switch (transport) {
      case "default" -> AsyncClients.byDefault();
      case "http1" -> AsyncClients.overHttp1();
      case "sync" -> new SyncClients();
      default -> throw new IllegalArgumentException("no such transport: " + transport);
    };
  }

  private static Object answer(Clients clients, Call call) {
    var answer = new LinkedHashMap<String, Object>();
    answer.put("id", call.id());
    try {
      answer.put("output", clients.run(call));
    } catch (Exception failure) {
      var cause = Failure.cause(failure);
      answer.put("error", Failure.describe(cause));
      answer.put("retries", Failure.retries(cause));
    }
    if (call.isStream()) answer.put("events", List.copyOf(call.events()));
    return answer;
  }
}
