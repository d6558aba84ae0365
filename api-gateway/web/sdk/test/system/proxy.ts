import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from "node:net";

/** How many bytes a connection may carry, both ways together, before it is cut; undefined: as many as it likes. */
export type Fate = () => number | undefined;

/** Passes TCP on, and cuts connections at whatever byte it is told to. */
export class Proxy {
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private down = false;
  cuts = 0;

  private constructor(
    private readonly target: URL,
    private fate: Fate,
  ) {
    this.server = createServer(socket => {
      this.accept(socket);
    });
  }

  static async start(target: string, fate: Fate): Promise<Proxy> {
    const proxy = new Proxy(new URL(target), fate);
    proxy.server.listen(0, "127.0.0.1");
    await once(proxy.server, "listening");
    return proxy;
  }

  /** The target's URL, by way of the proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.toString().replace(/\/$/, "");
  }

  /** Lets connections live, those of now and later ones. */
  heal(): void {
    this.fate = () => undefined;
    this.down = false;
    this.cut(); // those of now have a fate already
  }

  /** Cuts every connection and takes no other until heal. */
  away(): void {
    this.down = true;
    this.cut();
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of [...this.open]) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, "close");
  }

  private accept(client: Socket): void {
    if (this.down) {
      client.destroy();
      return;
    }
    const server = createConnection(Number(this.target.port), this.target.hostname);
    let left = this.fate();
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    const pass = (from: Socket, to: Socket): void => {
      this.open.add(from);
      from.on("data", (chunk: Buffer) => {
        if (left !== undefined && chunk.length >= left) {
          to.write(chunk.subarray(0, left), end); // the last bytes arrive, and nothing after them
          this.cuts++;
          left = 0;
          return;
        }
        if (left !== undefined) left -= chunk.length;
        to.write(chunk);
      });
      from.on("error", end);
      from.on("close", () => {
        this.open.delete(from);
        end();
      });
    };
    pass(client, server);
    pass(server, client);
  }
}
