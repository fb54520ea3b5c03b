/** The live connection of a page, in the tester's hands. */
import { type Page, type WebSocketRoute, expect } from '@playwright/test';

/** Stands between a page and the server's live socket. Call it before the page is opened. */
export async function holdSocket(page: Page) {
  let cut = false;
  let caughtUp = 0;
  let closed = 0;
  const open = new Set<WebSocketRoute>();
  await page.routeWebSocket('**/live', (socket) => {
    if (cut) {
      void socket.close();
      return;
    }
    open.add(socket);
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(message));
    server.onMessage((message) => {
      socket.send(message);
      if (String(message).includes('"caught"')) caughtUp += 1;
    });
    server.onClose((code, reason) => {
      closed += 1;
      open.delete(socket);
      void socket.close({ code, reason });
    });
    socket.onClose((code, reason) => {
      open.delete(socket);
      void server.close({ code, reason });
    });
  });
  return {
    /** How often the server has said that the page knows everything so far. */
    caughtUp: () => caughtUp,
    /** How often the server has closed the connection. */
    closed: () => closed,
    /** The connection breaks, and no other comes about. */
    cut: async () => {
      cut = true;
      for (const socket of open) await socket.close();
      open.clear();
    },
    /** The next try succeeds. */
    mend: () => {
      cut = false;
    },
  };
}

/** Opens a page and waits until it hears what happens. */
export async function listen(page: Page, path: string) {
  const socket = await holdSocket(page);
  await page.goto(path);
  await expect.poll(socket.caughtUp).toBeGreaterThan(0);
  return socket;
}
