// Checks KQL with Microsoft's own language service, against tables that a workspace would have.
//
// Reads from standard input {"tables": {name: "(Column: type, ...)"}, "queries": {name: text}} and writes to standard output
// {name: {"problems": [{line, column, severity, code, message}], "columns": [[name, type], ...]}}. Lines and columns count from 1.
// Nothing is asked of any server.
'use strict'

// The package's files are scripts for a browser: each puts its classes into the global scope, the second one on top of the first.
require('@kusto/language-service-next/bridge.min.js')
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js')

const { GlobalState, KustoCode, Symbols } = globalThis.Kusto.Language

/** The state of a workspace that has these tables and no others. */
function workspace(tables) {
  const symbols = Object.entries(tables).map(([name, schema]) => new Symbols.TableSymbol.$ctor7(name, schema, ''))
  return GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1('workspace', symbols, false))
}

/** Line and column of an offset. */
function place(text, offset) {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: before.at(-1).length + 1 }
}

/** What is wrong with a query, and what it returns. */
function check(text, globals) {
  const code = KustoCode.ParseAndAnalyze(text, globals)
  const problems = globalThis.Bridge.toArray(code.GetDiagnostics())
    .filter((found) => found.Severity === 'Error' || found.Severity === 'Warning')
    .map((found) => ({ ...place(text, found.Start), severity: found.Severity, code: found.Code, message: found.Message }))
  const result = code.ResultType
  const columns = result && result.Columns ? globalThis.Bridge.toArray(result.Columns).map((c) => [c.Name, c.Type.Name]) : []
  return { problems, columns }
}

const { tables, queries } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
const globals = workspace(tables)
const found = Object.entries(queries).map(([name, text]) => [name, check(text, globals)])
process.stdout.write(JSON.stringify(Object.fromEntries(found)))
