// A plug-in of typedoc: the pages of the site are named by their headings, not by their files.
import { Converter } from 'typedoc'

export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, page) => {
    const text = page.content.map((part) => part.text).join('')
    const heading = /^# ([^:,\n]+)/.exec(text)?.[1]
    if (heading) page.name = heading.replaceAll('`', '')
  })
}
