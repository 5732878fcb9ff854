import { describe, expect, it } from 'vitest'
import en from './en'
import zh from './zh-CN'

type Tree = { [key: string]: string | Tree }
const leaves = (tree: Tree, at = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[`${at}${key}`, value]] : leaves(value, `${at}${key}.`)))
const names = (words: string): string[] => [...words.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).toSorted()

describe('the texts of the page', () => {
  const chinese = new Map(leaves(zh))
  const english = new Map(leaves(en))
  it('are the same keys in both languages', () => expect([...english.keys()].toSorted()).toEqual([...chinese.keys()].toSorted()))
  it('fill the same places in both languages', () => {
    for (const [key, words] of chinese) expect(names(english.get(key)!), key).toEqual(names(words))
  })
})
