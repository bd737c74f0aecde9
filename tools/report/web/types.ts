// The data in the page: schema "plumbline-report-1", described in docs/report-json.md. Only what the charts use.
export type Posture = "unsure" | "sitting" | "standing" | "walking" | "lying" | "not-worn";
export type Mark =
  | "corrected" | "snoozed" | "skipped" | "ignored" | "wrong" | "withdrawn" // what became of a prompt
  | "routine" | "workout" | "calibration";

export interface Bout { at_min: number; length_min: number; from: string; to: string; open: boolean }

export interface Day {
  date: string;
  weekday: string;
  length_min: number;
  worn_min: number;
  slouch_min: number;
  lean_left_min: number;
  lean_right_min: number;
  posture_min: Record<Posture, number>;
  angle_bins_min: number[];
  bouts: { list: Bout[] };
  prompts: { sent: number; acted_on: number; snoozed: number; skipped: number; ignored: number; wrong: number };
  // only in the report of one day
  runs?: [number, number, Posture][];
  marks?: { at_min: number; at: string; kind: Mark; topic: string | null }[];
  ticks?: [number, string][];
  angle_deg?: (number | null)[];
}

export interface Report {
  days: Day[];
  slouch_threshold_deg: number | null;
  angle_borders_deg: number[];
  usual: { sitting_min: number; slouch_min: number } | null;
  map?: { hour: number; weekday: number; sitting_min: number; slouch_share: number | null }[];
}

// A chart for a width in pixels; null when there is nothing to draw. What follows the first element is its legend.
export type Chart = (report: Report, width: number) => (SVGElement | HTMLElement)[] | null;
