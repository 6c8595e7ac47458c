import type { Chat } from "../../bedrock/index.js";

/**
 * The chat template of SmolLM2-135M-Instruct, which stands in where nothing better fits. It was read, and does nothing but go through the messages once.
 * Its text is that of the file whose checksum the catalogue has; a test compares them.
 */
const SMALL_STAND_IN =
  "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}" +
  "{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}" +
  "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/** Messages that a known template may go through at once. They take 0.05 ms each (measured), during which every stream waits. */
const MOST_MESSAGES = 50;

/**
 * Whether rendering a conversation can neither hold up this process nor fill its memory: the template is known, and the conversation short. Tools are
 * left out, since a template is then tried with them first.
 */
export function isHarmless(template: string, { messages, tools }: Chat): boolean {
  return template === SMALL_STAND_IN && tools.length === 0 && messages.length <= MOST_MESSAGES;
}
