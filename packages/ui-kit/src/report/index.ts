export { type Provenance, readProvenance } from './provenance.ts';
export { ProvenanceList } from './provenance-list.tsx';
export { reportDocument } from './report-document.tsx';
