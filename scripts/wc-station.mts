import { stationFigures } from './bench/forecast/station-figures.ts'
console.log(JSON.stringify(await stationFigures((line) => console.log(line))))
