/** @jsxRuntime automatic @jsxImportSource preact */
import {
  contenders,
  type GridScenario,
  limits,
  type MixName,
  mixNames,
  type Range,
} from './grid-scenario.ts';

type GridSettingsProps = { scenario: GridScenario; onChange: (scenario: GridScenario) => void };

const mixTitles: Record<MixName, string> = {
  small: '7 to 22 kW, steady',
  all: '7 to 150 kW, steady',
  rush: '7 to 150 kW, two peaks',
};

/** 100 kW: the middle of the contract's three substations. */
const NEW_SUBSTATION_KW = 100;

/** Substations, policy, mix and poll interval. Each change runs the minute again. */
export function GridSettings({ scenario, onChange }: GridSettingsProps) {
  const { capacitiesKw, policy, mix, pollMs, seed } = scenario;
  const set = (change: Partial<GridScenario>) => onChange({ ...scenario, ...change });
  return (
    <section class="panel settings" aria-labelledby="settings-title">
      <h2 id="settings-title">Grid</h2>
      <label>
        Policy
        <select
          value={policy}
          onChange={({ currentTarget: { value } }) =>
            set({ policy: contenders.find((name) => name === value) ?? policy })
          }
        >
          {contenders.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        Mix
        <select
          value={mix}
          onChange={({ currentTarget: { value } }) =>
            set({ mix: mixNames.find((name) => name === value) ?? mix })
          }
        >
          {mixNames.map((name) => (
            <option value={name} key={name}>
              {mixTitles[name]}
            </option>
          ))}
        </select>
      </label>
      <Slider
        title="Poll interval"
        text={`${(pollMs / 1_000).toFixed(1)} s`}
        value={pollMs}
        range={limits.pollMs}
        onChange={(value) => set({ pollMs: value })}
      />
      <Slider
        title="Substations"
        text={String(capacitiesKw.length)}
        value={capacitiesKw.length}
        range={limits.substations}
        onChange={(count) =>
          set({ capacitiesKw: Array.from({ length: count }, (_, i) => capacitiesKw[i] ?? NEW_SUBSTATION_KW) })
        }
      />
      {capacitiesKw.map((kw, number) => (
        <Slider
          key={number}
          title={`Substation ${number + 1}`}
          text={`${kw} kW`}
          value={kw}
          range={limits.capacityKw}
          onChange={(value) =>
            set({ capacitiesKw: capacitiesKw.map((old, i) => (i === number ? value : old)) })
          }
        />
      ))}
      <button
        type="button"
        class="button"
        onClick={() => set({ seed: (seed % limits.seed.max) + 1, decision: 1 })}
      >
        Draw other traffic (seed {seed})
      </button>
    </section>
  );
}

type SliderProps = {
  title: string;
  text: string;
  value: number;
  range: Range;
  onChange: (value: number) => void;
};

function Slider({ title, text, value, range, onChange }: SliderProps) {
  return (
    <label class="slider">
      <span>{title}</span>
      <input
        type="range"
        {...range}
        value={value}
        aria-valuetext={text}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      <output>{text}</output>
    </label>
  );
}
