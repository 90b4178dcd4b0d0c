const WAVE = 'argocd.argoproj.io/sync-wave'
const HOOK_WEIGHT = 'helm.sh/hook-weight'

/**
 * The wave of an object: annotation `argocd.argoproj.io/sync-wave`, else Helm's `helm.sh/hook-weight`, else 0; may be
 * negative. What is not a whole number counts as 0, as in Argo CD.
 */
export function syncWave(annotations: Readonly<Record<string, string>> | undefined): number {
  return waveNumber(annotations?.[WAVE]) ?? waveNumber(annotations?.[HOOK_WEIGHT]) ?? 0
}

function waveNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^[-+]?\d{1,9}$/.test(text)) return undefined
  const wave = Number(text)
  return wave === 0 ? 0 : wave
}
