/** SHA-256 of what the camera gave, before anything else touches it. */

/** The digest, null where the browser has none to offer: pages over plain http. */
export async function sha256(bytes: ArrayBuffer): Promise<Uint8Array | null> {
  return globalThis.crypto?.subtle ? new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)) : null
}

/** As the header Content-Digest has it (RFC 9530). */
export const contentDigest = (digest: Uint8Array): string => `sha-256=:${btoa(String.fromCharCode(...digest))}:`

export const hex = (digest: Uint8Array): string => [...digest].map((each) => each.toString(16).padStart(2, '0')).join('')
