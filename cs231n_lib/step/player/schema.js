// The data that a page gives to the player. Keys are short because a page repeats them at every frame.
// The same table stands in ../schema.py; tests/test_step_schema.py compares the two, and real data with them.

/**
 * A recorded call.
 * @typedef {Object} Payload
 * @property {string} title the heading
 * @property {string} remark what stands below, such as that only the first frames are shown; may be empty
 * @property {Code[]} fns the functions whose lines are shown, the one that was called first
 * @property {Variable[]} vars the variables; elsewhere a variable is its index in this list
 * @property {Frame[]} frames what each executed line did, in order
 * @property {number} [start] the frame shown first, counted from 0; without it the first
 * @property {number} [graph] 1 opens and prints the graph, 0 leaves it out; without it the graph is folded
 */

/**
 * A function as it is shown.
 * @typedef {Object} Code
 * @property {string} name its name
 * @property {string[]} src its lines from `def`, without the docstring; line 1 is the first
 */

/**
 * A variable, or what is shown like one: an attribute, an entry of a dict, a returned value.
 * @typedef {Object} Variable
 * @property {string} n its name
 * @property {number} f its function, as index in `fns`
 * @property {number} m the largest magnitude it ever has, which gets the full colour
 */

/**
 * What one executed line did.
 * @typedef {Object} Frame
 * @property {number} f its function, as index in `fns`
 * @property {number} l its line, counted from 1; 0 at the end of a call too long to be shown
 * @property {string} s what it did, as a sentence
 * @property {number} [e] the last line of a statement of several lines
 * @property {string} [it] the loop variables around it, such as i = 0, j = 1
 * @property {number[]} [h] the lines of the loop headers around it
 * @property {Object<number, Change>} [set] variable -> what is new about it; the others stay as they were
 * @property {Object<number, string>} [r] variable -> the cells that the line read
 * @property {Object<number, string>} [w] variable -> the cells that the line wrote
 * @property {Object<number, number[]>} [m] written variable -> what it was made from, if not all arrays read
 * @property {number[]} [back] the variables that hold what is returned
 * @property {number} [bad] 1 if the line raised an exception
 * @property {Stretched} [b] the operands of an expression that broadcasting stretched
 * @property {Question} [ask] what the learner is to predict before the frame shows it
 */

/**
 * A single number or text.
 * @typedef {Object} Scalar
 * @property {string} s the value as text
 */

/**
 * A new array, or one of another shape.
 * @typedef {Object} Cells
 * @property {number[]} d the shape
 * @property {string} c the cells as texts with spaces between them, row after row
 */

/**
 * An array of which some cells are new.
 * @typedef {Object} Changed
 * @property {string} i the cells that are new
 * @property {string} c their texts with spaces between them
 */

/**
 * An array too large to be given whole.
 * @typedef {Object} Large
 * @property {number[]} d the shape
 * @property {Overview} big what is given of it
 */

/**
 * An array too large to be watched.
 * @typedef {Object} Unwatched
 * @property {number[]} d the shape
 */

/**
 * One sheet of a large array, by block means, and an enlarged window of it.
 * @typedef {Object} Overview
 * @property {number[]} t rows and columns of the overview
 * @property {number} o the flat index at which the sheet begins
 * @property {number[]} win first row, first column, rows and columns of the window
 * @property {string} w the cells of the window as texts with spaces between them
 * @property {string} [at] the leading indices of the sheet, such as 1, 0
 * @property {string} [c] the block means, from -1 to 1; without them those of the frame before stay
 */

/**
 * An elementwise expression whose operands have different shapes.
 * @typedef {Object} Stretched
 * @property {string} t the expression
 * @property {number[]} d the common shape, of at most two axes
 * @property {Operand[]} o the operands in their own shapes
 */

/**
 * An operand before it is stretched.
 * @typedef {Object} Operand
 * @property {string} t its source
 * @property {number[]} d its shape
 * @property {string} c its cells as texts with spaces between them
 * @property {number} m its largest magnitude
 */

/**
 * A question, and its answer.
 * @typedef {Object} Question
 * @property {number} v the variable that stays hidden
 * @property {string} q the hint beside the question
 * @property {number} [k] the cell that is asked for, if it is one of an array
 * @property {string} x what is asked for, such as dists[1, 2] or w.shape
 * @property {string} a the answer as text
 * @property {number} [shape] 1 if the shape is asked for
 * @property {number} [int] 1 if the answer is a whole number, to be met exactly
 */

/**
 * What is new about a variable; 0 if its name is gone.
 * @typedef {0 | Scalar | Cells | Changed | Large | Unwatched} Change
 */
