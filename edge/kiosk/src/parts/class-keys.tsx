import { vehicleClasses, type VehicleClass } from '@baari/shared/units/names'
import { Bus, Car, CarTaxiFront, Truck, type LucideIcon } from 'lucide-react'
import type { JSX } from 'react'
import { useTranslation } from 'react-i18next'

const pictures: { readonly [C in VehicleClass]: LucideIcon } = {
  auto: CarTaxiFront,
  car: Car,
  lcv: Truck,
  bus: Bus,
}

type ClassKeysProps = {
  readonly busy: boolean
  readonly onChoose: (vehicleClass: VehicleClass) => void
}

/** One key for each vehicle class, with its picture. */
export function ClassKeys({ busy, onChoose }: ClassKeysProps): JSX.Element {
  const { t } = useTranslation()
  return (
    <div className="classes">
      {vehicleClasses.map((vehicleClass) => {
        const Picture = pictures[vehicleClass]
        return (
          <button
            key={vehicleClass}
            type="button"
            className="touch class-key"
            disabled={busy}
            onClick={() => onChoose(vehicleClass)}
          >
            <Picture aria-hidden="true" />
            {t(`walkIn.class.${vehicleClass}`)}
          </button>
        )
      })}
    </div>
  )
}
