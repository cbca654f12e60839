const arrowHead = (effect: string) =>
  `<marker id="to-${effect}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 1L9 5L0 9z"/></marker>`;

/** The arrow heads and the hatching that the diagrams and the legend refer to. */
export const definitions = `<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>${['delivered', 'buffered', 'duplicate'].map(arrowHead).join('')}<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" x2="0" y1="0" y2="6"/></pattern></defs></svg>`;

const sample = (content: string) => `<svg width="34" height="16" aria-hidden="true">${content}</svg>`;

/** The items of the legend. */
export const legend = [
  [
    sample(
      '<g class="mark write" transform="translate(17 8)"><rect x="-6" y="-6" width="12" height="12" rx="2"/></g>',
    ),
    'a write',
  ],
  [sample('<g class="mark deliver"><circle cx="17" cy="8" r="6"/></g>'), 'delivery: all causes have arrived'],
  [
    sample(
      '<rect class="wait" x="1" y="2" width="32" height="12" rx="6"/><g class="mark buffer"><circle cx="7" cy="8" r="6"/></g>',
    ),
    'wait in the buffer for a cause',
  ],
  [sample('<path class="message delivered" d="M1 8H31"/>'), 'a message, delivered on arrival'],
  [sample('<path class="message buffered" d="M1 8H31"/>'), 'a message that arrived before its causes'],
  [sample('<path class="message duplicate" d="M1 8H31"/>'), 'a duplicate message'],
  [sample('<rect class="fault-span" x="1" y="4" width="32" height="8" rx="3"/>'), 'a link fault'],
  [
    sample('<path class="cross" transform="translate(17 8)" d="M-5-5L5 5M5-5L-5 5"/>'),
    'a fault begins, affects a message or ends',
  ],
]
  .map(([drawing, text]) => `<li>${drawing}${text}</li>`)
  .join('');
