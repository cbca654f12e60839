export { JudgementHeader, overviewStyle, PropertyTable } from './report/judgement-overview.tsx';
