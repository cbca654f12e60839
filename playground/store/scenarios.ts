/** Scenarios to begin a lesson with, as fragments of links. */
export const examples: readonly { title: string; fragment: string }[] = [
  {
    title: 'An answer overtakes its question',
    fragment: 'store;naive;put,1,ask,why;deliver,1,2,1;put,2,reply,so;hold,1,3;deliver,2,3,1',
  },
  { title: 'Two nodes write at the same time', fragment: 'store;put,1,x,red;put,2,x,blue;all' },
  {
    title: 'Writes of one node arrive reversed',
    fragment: 'store;naive;put,1,x,1;put,1,y,2;reorder,1,3;deliver,1,3,1',
  },
  {
    title: 'A cut, and what the nodes do after it',
    fragment: 'store;cut,1,3;put,1,x,before;put,3,x,meanwhile;all;heal,1,3;all',
  },
  {
    title: 'A message arrives twice',
    fragment: 'store;put,1,x,1;duplicate,1,2,1;deliver,1,2,1;deliver,1,2,1',
  },
];
