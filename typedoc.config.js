import { Comment, Converter, ReflectionKind } from "typedoc";

/** The API reference from the comments of what is exported. A warning, such as one of a symbol without a comment, is a failure. */
export default {
  name: "Cria",
  entryPoints: ["src/index.ts", "src/event-stream/index.ts"],
  tsconfig: "tsconfig.build.json",
  out: "docs/api",
  readme: "none",
  excludeInternal: true,
  excludePrivate: true,
  githubPages: false,
  // links to lines of the sources would need a repository's address
  disableSources: true,
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  validation: { notDocumented: true, notExported: true, invalidLink: true },
  plugin: [literalsSpeakForThemselves],
};

/** A property that is always the same, such as an error's `name`, needs no comment: it says so itself. */
function literalsSpeakForThemselves({ converter }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const property of project.getReflectionsByKind(ReflectionKind.Property)) {
      if (property.comment || property.type?.type !== "literal") continue;
      property.comment = new Comment([{ kind: "text", text: `Always \`${property.type.toString()}\`.` }]);
    }
  });
}
