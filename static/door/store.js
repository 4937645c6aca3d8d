// What must survive a dead battery: the queue of scans that the server has not
// named yet, the list, and a few facts about this device. Raw IndexedDB; every
// write is on the disk before it counts (durability 'strict', scanner.md D7).

const NAME = 'hoinghi-door';

export class Store {
  #db = null;

  async #open() {
    if (this.#db) return this.#db;
    this.#db = await new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('queue', { keyPath: 'seq', autoIncrement: true });
        request.result.createObjectStore('facts');
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error('blocked'));
    });
    this.#db.onclose = () => { this.#db = null; };
    this.#db.onversionchange = () => { this.#db?.close(); this.#db = null; };
    return this.#db;
  }

  // #run does one transaction. A connection that the system closed behind our back
  // (iOS does after a pause) is opened again, once.
  async #run(stores, mode, work) {
    for (let attempt = 0; ; attempt++) {
      try {
        const db = await this.#open();
        return await new Promise((resolve, reject) => {
          const tx = db.transaction(stores, mode, { durability: 'strict' });
          let result;
          tx.oncomplete = () => resolve(result);
          tx.onabort = () => reject(tx.error ?? new Error('aborted'));
          tx.onerror = () => {};
          work(tx, (value) => { result = value; });
        });
      } catch (err) {
        const lost = err.name === 'UnknownError' || err.name === 'InvalidStateError' || err.name === 'AbortError';
        if (!lost || attempt > 0) throw err;
        try { this.#db?.close(); } catch { /* it was closed already */ }
        this.#db = null;
      }
    }
  }

  // push appends to the queue, keeps the facts given with it, and gives the number in the queue.
  push(row, facts = {}) {
    return this.#run(['queue', 'facts'], 'readwrite', (tx, give) => {
      for (const [name, value] of Object.entries(facts)) tx.objectStore('facts').put(value, name);
      const request = tx.objectStore('queue').add(row);
      request.onsuccess = () => give(request.result);
    });
  }

  // oldest gives up to n rows of the queue, the oldest first.
  oldest(n) {
    return this.#run(['queue'], 'readonly', (tx, give) => {
      const request = tx.objectStore('queue').getAll(null, n);
      request.onsuccess = () => give(request.result);
    });
  }

  waiting() {
    return this.#run(['queue'], 'readonly', (tx, give) => {
      const request = tx.objectStore('queue').count();
      request.onsuccess = () => give(request.result);
    });
  }

  drop(numbers) {
    return this.#run(['queue'], 'readwrite', (tx) => {
      for (const n of numbers) tx.objectStore('queue').delete(n);
    });
  }

  get(name) {
    return this.#run(['facts'], 'readonly', (tx, give) => {
      const request = tx.objectStore('facts').get(name);
      request.onsuccess = () => give(request.result);
    });
  }

  set(name, value) {
    return this.#run(['facts'], 'readwrite', (tx) => { tx.objectStore('facts').put(value, name); });
  }

  // forget removes the people; the queue stays until a server has taken it.
  forget() {
    return this.#run(['facts'], 'readwrite', (tx) => { tx.objectStore('facts').clear(); });
  }
}
