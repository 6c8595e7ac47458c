/** One answer to play: a text, its tokens, or the call of a tool. */
export type Script = ScriptedAnswer & {
  /**
   * Plays this script only for a prompt that contains this text, whatever was asked before. Of several that fit, the one whose text
   * ends last in the prompt is played: the latest turn decides. @default plays in turn with the others that have none
   */
  readonly when?: string;
  /**
   * How the answer ends unless `maxTokens` ends it earlier: `stop` plays an end-of-sequence token after the tokens, `length` ends
   * with the last of them.
   * @default "stop"
   */
  readonly stopReason?: "stop" | "length";
  /** The token count of the prompt. @default the number of its words */
  readonly promptTokens?: number;
  /** Milliseconds to wait before each token without its own delay. @default 0 */
  readonly delayMs?: number;
  /** After this many tokens the engine dies: iteration throws {@link EngineStoppedError}. */
  readonly failAfter?: number;
};

/** What a {@link Script} answers. */
export type ScriptedAnswer =
  | {
      /** A text. It is split into tokens as Llama 3's tokenizer splits before it looks into its vocabulary. */
      readonly text: string;
    }
  | {
      /** The tokens, in order; a string stands for `{ text }`. */
      readonly tokens: readonly (string | ScriptedToken)[];
    }
  | {
      /**
       * The call of a tool, played as the text that a Llama writes for it. It is read as a real model's: where no tool of this name was
       * declared, or the answer is cut off, it stays text.
       */
      readonly toolCall: ScriptedToolCall;
    };

/** A tool call to play. */
export interface ScriptedToolCall {
  /** The tool's name. */
  readonly name: string;
  /** The arguments: whatever JSON can hold. @default none */
  readonly input?: Readonly<Record<string, unknown>>;
}

/** One token to play. */
export interface ScriptedToken {
  /** Its text. */
  readonly text: string;
  /** Its id in the model's vocabulary. @default undefined, as of an engine that can't tell */
  readonly id?: number;
  /** The written form of a special token, such as `<|python_tag|>`; its `text` should be "". */
  readonly special?: string;
  /** Milliseconds to wait before this token. */
  readonly delayMs?: number;
}
