/**
 * The rows of one database put into another, in the place of those that a selection selects: all of it or nothing.
 */
import type { AseDatabase } from './ase-database.js'
import { columnNames, sideTables } from './schema.js'
import type { Selection } from './selection.js'

/** Removes what `selection` selects (and the empty run `run`), and adds every row of the database file `from`. */
export function replaceRows(target: AseDatabase, from: string, selection: Selection, run: string): void {
  const { connection } = target
  connection.run('ATTACH ? AS staging', from)
  connection.transaction('immediate', () => {
    target.deleteWithin(selection)
    target.deleteEmptyRun(run)
    const last = connection.get("SELECT max(seq) seq FROM main.sqlite_sequence WHERE name='systems'")?.['seq'] ?? 0
    const columns = columnNames.slice(1).join(', ')
    connection.run(
      `INSERT INTO main.systems (id, ${columns}) SELECT id + ?, ${columns} FROM staging.systems ORDER BY id`,
      last,
    )
    for (const [table, declarations] of Object.entries(sideTables)) {
      const names = declarations.map((declaration) => declaration.split(' ')[0]).join(', ')
      connection.run(`INSERT INTO main.${table} (${names}, id) SELECT ${names}, id + ? FROM staging.${table}`, last)
    }
    connection.run("INSERT INTO main.information SELECT * FROM staging.information WHERE name <> 'version'")
  })
}
