/** Bounds how many bytes are held at once. */
export interface ByteBudget {
  /** Does the work as soon as there is room for so many bytes; first come, first served. What is larger than all room goes alone. */
  take<T>(bytes: number, work: () => Promise<T>): Promise<T>;
}

/** @param total - bytes */
export function createByteBudget(total: number): ByteBudget {
  let free = total;
  const waiting: { readonly bytes: number; readonly enter: () => void }[] = [];
  const admit = (): void => {
    for (let [next] = waiting; next !== undefined && next.bytes <= free; [next] = waiting) {
      waiting.shift();
      free -= next.bytes;
      next.enter();
    }
  };
  return {
    take: async (size, work) => {
      const bytes = Math.min(size, total);
      await new Promise<void>((enter) => {
        waiting.push({ bytes, enter });
        admit();
      });
      try {
        return await work();
      } finally {
        free += bytes;
        admit();
      }
    },
  };
}
