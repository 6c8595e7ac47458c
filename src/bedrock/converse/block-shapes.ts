import { type Shape, TEXT } from "../api-shape.js";

// The shapes of blocks that no Llama model takes (API model). Their values are checked as Bedrock checks them, and then refused.

const s3Location = {
  type: "structure",
  members: {
    uri: {
      type: "string",
      min: 1,
      max: 1024,
      pattern: "s3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?",
    },
    bucketOwner: { type: "string", pattern: "[0-9]{12}" },
  },
  required: ["uri"],
} as const satisfies Shape;

const bytes = { type: "blob", min: 1 } as const satisfies Shape;
/** `ImageSource`, and a part of the other sources. */
export const mediaSource = { type: "union", members: { bytes, s3Location } } as const satisfies Shape;
/** A union whose only member is a text. */
export const text = { type: "union", members: { text: TEXT } } as const satisfies Shape;
export const citationsConfig = {
  type: "structure",
  members: { enabled: { type: "boolean" } },
  required: ["enabled"],
} as const satisfies Shape;

const VIDEO_FORMATS = ["mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"];
const AUDIO_FORMATS = "mp3 opus wav aac flac mp4 ogg mkv mka x-aac m4a mpeg mpga pcm webm".split(" ");

const video: Shape = {
  type: "structure",
  members: { format: { type: "string", values: VIDEO_FORMATS }, source: mediaSource },
  required: ["format", "source"],
};

const audio: Shape = {
  type: "structure",
  members: {
    format: { type: "string", values: AUDIO_FORMATS },
    source: { ...mediaSource, sensitive: true },
    error: { type: "structure", members: { message: TEXT } },
  },
  required: ["format", "source"],
};

const guardContent: Shape = {
  type: "union",
  members: {
    text: {
      type: "structure",
      members: {
        text: TEXT,
        qualifiers: {
          type: "list",
          of: { type: "string", values: ["grounding_source", "query", "guard_content"] },
        },
      },
      required: ["text"],
    },
    image: {
      type: "structure",
      members: {
        format: { type: "string", values: ["png", "jpeg"] },
        source: { type: "union", members: { bytes }, sensitive: true },
      },
      required: ["format", "source"],
    },
  },
};

/** A point up to which the prompt may be cached. */
export const cachePoint: Shape = {
  type: "structure",
  members: {
    type: { type: "string", values: ["default"] },
    ttl: { type: "string", values: ["5m", "1h"] },
  },
  required: ["type"],
};

const reasoningContent: Shape = {
  type: "union",
  members: {
    reasoningText: {
      type: "structure",
      members: { text: TEXT, signature: TEXT },
      required: ["text"],
    },
    redactedContent: { type: "blob" },
  },
  sensitive: true,
};

/** A place in a text; its first member is the index of what the text is in. */
function location(index: string): Shape {
  const position = { type: "integer", min: 0 } as const;
  return { type: "structure", members: { [index]: position, start: position, end: position } };
}

const citationsContent: Shape = {
  type: "structure",
  members: {
    content: { type: "list", of: text },
    citations: {
      type: "list",
      of: {
        type: "structure",
        members: {
          title: TEXT,
          source: TEXT,
          sourceContent: { type: "list", of: text },
          location: {
            type: "union",
            members: {
              web: { type: "structure", members: { url: TEXT, domain: TEXT } },
              documentChar: location("documentIndex"),
              documentPage: location("documentIndex"),
              documentChunk: location("documentIndex"),
              searchResultLocation: location("searchResultIndex"),
            },
          },
        },
      },
    },
  },
};

const searchResult: Shape = {
  type: "structure",
  members: {
    source: TEXT,
    title: TEXT,
    content: { type: "list", of: { type: "structure", members: { text: TEXT }, required: ["text"] } },
    citations: citationsConfig,
  },
  required: ["source", "title", "content"],
};

/** A change of the tools in the middle of a conversation. */
const toolChange: Shape = {
  type: "structure",
  members: {
    tool: {
      type: "structure",
      members: {
        type: { type: "string", min: 1, max: 64 },
        name: { type: "string", min: 1, max: 128 },
        serverName: { type: "string", min: 1, max: 128 },
      },
    },
  },
  required: ["tool"],
};

/** The members of `ContentBlock` that no Llama model takes. Some are members of `SystemContentBlock` or `ToolResultContentBlock` too. */
export const REFUSED_BLOCKS: Readonly<Record<string, Shape>> = {
  video,
  audio,
  guardContent,
  cachePoint,
  reasoningContent,
  citationsContent,
  searchResult,
  toolAddition: toolChange,
  toolRemoval: toolChange,
};
