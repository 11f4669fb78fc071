import type { Json } from '../../components/definition';

/**
 * The wire format of Protocol Buffers, as far as KFP's metadata store needs it.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */

/** A message: the values of each field by its number, integers as such and all else as bytes. */
export class Message {
  private readonly fields = new Map<number, (bigint | Uint8Array)[]>();

  /** @throws RangeError where the bytes are no message */
  public constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const varint = () => {
      let value = 0n;
      for (let shift = 0n; shift < 70n; shift += 7n) {
        const byte = view.getUint8(at++);
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return BigInt.asUintN(64, value);
      }
      throw new RangeError('a number is too long');
    };
    const take = (length: number) => {
      if (length > bytes.length - at) throw new RangeError('the message is cut off');
      at += length;
      return bytes.subarray(at - length, at);
    };
    while (at < bytes.length) {
      const key = Number(varint());
      const wire = key & 7;
      const value =
        wire === 0
          ? varint()
          : wire === 1
            ? take(8)
            : wire === 2
              ? take(Number(varint()))
              : wire === 5
                ? take(4)
                : undefined;
      if (value === undefined) throw new RangeError(`a field of kind ${wire}`);
      const field = Math.floor(key / 8);
      const values = this.fields.get(field);
      if (values) values.push(value);
      else this.fields.set(field, [value]);
    }
  }

  /** A signed integer. */
  public int(field: number): bigint | undefined {
    const value = this.fields.get(field)?.at(-1);
    return typeof value === 'bigint' ? BigInt.asIntN(64, value) : undefined;
  }

  /** A floating-point number of 64 bits. */
  public double(field: number): number | undefined {
    const value = this.fields.get(field)?.at(-1);
    if (!(value instanceof Uint8Array) || value.length !== 8) return undefined;
    return new DataView(value.buffer, value.byteOffset, 8).getFloat64(0, true);
  }

  /** A text. */
  public text(field: number): string | undefined {
    const value = this.fields.get(field)?.at(-1);
    return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : undefined;
  }

  /** Messages in a field, in order. */
  public messages(field: number): readonly Message[] {
    const values = this.fields.get(field) ?? [];
    return values.flatMap((value) => (value instanceof Uint8Array ? [new Message(value)] : []));
  }

  /** The only message in a field. */
  public message(field: number): Message | undefined {
    return this.messages(field).at(-1);
  }

  /** A map from texts to messages. */
  public map(field: number): ReadonlyMap<string, Message> {
    return new Map(
      this.messages(field).map((entry) => [entry.text(1) ?? '', entry.message(2) ?? new Message(new Uint8Array())]),
    );
  }
}

/** `google.protobuf.Struct` as JSON. */
export function structOf(message: Message): Readonly<Record<string, Json>> {
  return Object.fromEntries([...message.map(1)].map(([key, value]) => [key, jsonOf(value)]));
}

/** `google.protobuf.Value` as JSON. */
function jsonOf(message: Message): Json {
  const bool = message.int(4);
  const struct = message.message(5);
  const list = message.message(6);
  if (struct) return structOf(struct);
  if (list) return list.messages(1).map(jsonOf);
  if (bool !== undefined) return bool !== 0n;
  return message.double(2) ?? message.text(3) ?? null;
}

/** Fields of a message to be written: texts, integers and messages; several where it is a list. */
export type Fields = Readonly<Record<number, WrittenValue | readonly WrittenValue[] | undefined>>;

type WrittenValue = string | bigint | Uint8Array;

/** A message as bytes. */
export function encode(fields: Fields): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [number, value = []] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? (value as readonly WrittenValue[]) : [value as WrittenValue]) {
      const field = BigInt(number) * 8n;
      if (typeof each === 'bigint') parts.push(varintOf(field), varintOf(BigInt.asUintN(64, each)));
      else {
        const bytes = typeof each === 'string' ? Buffer.from(each, 'utf8') : each;
        parts.push(varintOf(field + 2n), varintOf(BigInt(bytes.length)), bytes);
      }
    }
  }
  return Buffer.concat(parts);
}

function varintOf(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}
