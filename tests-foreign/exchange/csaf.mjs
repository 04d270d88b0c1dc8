// Validates CSAF advisories with the library of the Secvisogram project: the strict schema of CSAF 2.0, and its mandatory tests.
import { readFile } from 'node:fs/promises'
import validate from '@secvisogram/csaf-validator-lib/validate.js'
import * as schema from '@secvisogram/csaf-validator-lib/schemaTests.js'
import * as mandatory from '@secvisogram/csaf-validator-lib/mandatoryTests.js'

let [passed, failed] = [0, 0]
for (const file of process.argv.slice(2)) {
  const document = JSON.parse(await readFile(file, 'utf8'))
  const tests = [schema.csaf_2_0_strict, ...Object.values(mandatory)]
  const { tests: results } = await validate(tests, document)
  for (const result of results) {
    if (result.isValid) {
      passed += 1
    } else {
      failed += 1
      console.log(`FAILED: ${file}: ${result.name}: ${JSON.stringify(result.errors)}`)
    }
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
