// Covers: escapement/http (serve, ClientSession, timeouts, errors), TaskGroup, Semaphore, using.
// Scenario: a server with three hundred pages that link to each other, and a crawler that follows every link once, ten
// requests at a time. Some links lead nowhere, one page fails, three never answer: each failure is reported at the end.
import { type Coroutine, Event, Semaphore, TaskGroup, TimeoutError, using } from "escapement";
import { ClientSession, ConnectError, HttpError, ResponseError, type ServerResponse, serve } from "escapement/http";

/** For the tour: it cannot run in virtual time. */
export const needsHost = true;

const PAGES = 300;
const AT_A_TIME = 10;
const TIMEOUT = 1000;
const SILENT = new Set([197, 248, 297]);

function linksOf(page: number): string[] {
  const links = [2 * page + 1, 2 * page + 2, (7 * page) % PAGES].filter((other) => other < PAGES);
  const paths = links.map((other) => `/page/${other}`);
  if (page % 100 === 0) paths.push(`/missing/${page}`, `/moved/${page + 1}`);
  if (page === 150) paths.push("http://127.0.0.1:1/");
  return paths;
}

function* site({ path }: { path: string }): Coroutine<ServerResponse> {
  const [, kind, number] = path.split("/");
  const page = Number(number);
  if (kind === "moved") return { status: 301, headers: { Location: `/page/${page}` } };
  if (kind !== "page") throw new HttpError(404, "no such page");
  if (page === 222) throw new HttpError(500, "out of order");
  if (SILENT.has(page)) yield* new Event().wait();
  const links = linksOf(page).map((link) => `<a href="${link}">${link}</a>`);
  return { headers: { "Content-Type": "text/html" }, body: `<h1>Page ${page}</h1>${links.join("\n")}` };
}

class Crawler {
  readonly seen = new Set<string>();
  readonly failures: string[] = [];
  answered = 0;
  links = 0;
  readonly #session: ClientSession;
  readonly #turns = new Semaphore(AT_A_TIME);

  constructor(session: ClientSession) {
    this.#session = session;
  }

  *crawl(start: string): Coroutine<void> {
    const follow = this.#follow.bind(this, start);
    yield* using(new TaskGroup(), function* (group) {
      follow(group);
    });
  }

  #follow(link: string, group: TaskGroup): void {
    if (this.seen.has(link)) return;
    this.seen.add(link);
    group.createTask(this.#visit(link, group));
  }

  *#visit(link: string, group: TaskGroup): Coroutine<void> {
    try {
      const html = yield* using(this.#turns, () => this.#fetch(link));
      this.answered += 1;
      for (const [, href = ""] of html.matchAll(/href="(.+?)"/g)) {
        this.links += 1;
        this.#follow(href, group);
      }
    } catch (error) {
      this.failures.push(`${link}: ${explain(error)}`);
    }
  }

  *#fetch(link: string): Coroutine<string> {
    return yield* using(yield* this.#session.get(link), (response) => response.text());
  }
}

function explain(error: unknown): string {
  if (error instanceof ResponseError) return `status ${error.status}`;
  if (error instanceof TimeoutError) return `no answer within ${TIMEOUT} ms`;
  if (error instanceof ConnectError) return "nobody listens there";
  throw error;
}

export default function* main(): Coroutine<void> {
  const server = yield* serve(site);
  yield* using(server, function* () {
    const options = { baseUrl: `http://127.0.0.1:${server.port}`, timeout: { total: TIMEOUT }, raiseForStatus: true };
    const crawler = yield* using(new ClientSession(options), function* (session) {
      const crawling = new Crawler(session);
      yield* crawling.crawl("/page/0");
      return crawling;
    });
    console.log(`${crawler.links} links lead to ${crawler.seen.size} places, ${crawler.answered} of which answered`);
    for (const failure of crawler.failures.toSorted()) console.log(failure);
  });
}
