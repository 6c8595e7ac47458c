/** Headers of images, enough to tell format and size. The pixels behind them are missing. */

export function png(width: number, height: number): Uint8Array {
  return bytes("\x89PNG\r\n\x1a\n", uint32(13), "IHDR", uint32(width), uint32(height), "\x08\x02\0\0\0");
}

/** @param segments - before the frame header, each whole; by default as most cameras write it */
export function jpeg(
  width: number,
  height: number,
  segments: readonly string[] = [JFIF],
  sof = "\xc0",
): Uint8Array {
  return bytes(
    "\xff\xd8",
    ...segments,
    `\xff${sof}\0\x11\x08`,
    uint16(height),
    uint16(width),
    "\x03\x01\x22\0",
  );
}

const JFIF = "\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";

export function gif(width: number, height: number): Uint8Array {
  return bytes("GIF89a", swap(uint16(width)), swap(uint16(height)), "\x80\0\0");
}

export function webp(kind: "lossy" | "lossless" | "extended", width: number, height: number): Uint8Array {
  if (kind === "lossy") {
    return riff("VP8 ", `\0\0\0\x9d\x01\x2a${swap(uint16(width))}${swap(uint16(height))}`);
  }
  if (kind === "lossless") {
    return riff("VP8L", `\x2f${swap(uint32(((height - 1) << 14) | (width - 1)))}\0\0\0\0\0`);
  }
  return riff(
    "VP8X",
    `\0\0\0\0${swap(uint32(width - 1)).slice(0, 3)}${swap(uint32(height - 1)).slice(0, 3)}`,
  );
}

export function base64(content: Uint8Array): string {
  return Buffer.from(content).toString("base64");
}

function riff(name: string, data: string): Uint8Array {
  return bytes("RIFF", swap(uint32(data.length + 12)), "WEBP", name, swap(uint32(data.length)), data);
}

function bytes(...texts: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(texts.join(""), "latin1"));
}

const uint16 = (value: number) => String.fromCharCode((value >> 8) & 0xff, value & 0xff);
const uint32 = (value: number) => uint16((value >>> 16) & 0xffff) + uint16(value & 0xffff);
const swap = (text: string) => Buffer.from(text, "latin1").reverse().toString("latin1");
