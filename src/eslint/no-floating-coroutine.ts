import type { Rule, Scope } from "eslint";
import type { CallExpression, Expression, MemberExpression, Node, Super } from "estree";
import { typeSays } from "./by-type.ts";
import { FUNCTIONS, METHODS } from "./lazy-calls.ts";

const FLOATING =
  "`{{call}}` makes a coroutine that nobody waits for: it never runs. Write `yield* {{call}}`, or createTask(…).";
const AWAITED =
  "`await {{call}}` does not wait: a coroutine is no Promise. In a generator function (function*), write `yield* {{call}}`.";

const SHOWN = 40;

/**
 * Reports coroutines that are made and never waited for, which do nothing: `sleep(100);` for `yield* sleep(100);`.
 *
 * With type information (typescript-eslint's parser and a project) it asks the types. Without, it knows the generator
 * functions and methods of the same file, the functions of escapement, and the methods of what `new Lock()` and the like
 * made.
 *
 * @see `@typescript-eslint/no-floating-promises`, the same for promises
 */
export const noFloatingCoroutine: Rule.RuleModule = {
  meta: {
    type: "problem",
    docs: { description: "Disallow coroutines that are made and never waited for", recommended: true },
    messages: { floating: FLOATING, awaited: AWAITED },
    schema: [],
  },
  create(context) {
    const report = (node: Node, messageId: "floating" | "awaited"): void => {
      const text = context.sourceCode.getText(node).replaceAll(/\s+/g, " ");
      const call = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
      context.report({ node, messageId, data: { call } });
    };
    return {
      ExpressionStatement({ expression }) {
        for (const call of dropped(expression)) if (makesCoroutine(call, context)) report(call, "floating");
      },
      // xs.forEach((x) => work(x)): what a forEach is given back is dropped.
      "CallExpression[callee.property.name='forEach'] > ArrowFunctionExpression[expression=true]"(node: Node) {
        if (node.type !== "ArrowFunctionExpression" || node.body.type === "BlockStatement") return;
        for (const call of dropped(node.body)) if (makesCoroutine(call, context)) report(call, "floating");
      },
      AwaitExpression({ argument }) {
        if (argument.type === "CallExpression" && makesCoroutine(argument, context)) report(argument, "awaited");
      },
    };
  },
};

/** The calls whose value is dropped where `expression` is a statement. */
function dropped(expression: Expression): CallExpression[] {
  const { type } = expression;
  if (type === "CallExpression") return [expression];
  if (type === "UnaryExpression" && expression.operator === "void") return dropped(expression.argument);
  if (type === "LogicalExpression") return dropped(expression.right);
  if (type === "ConditionalExpression") return [expression.consequent, expression.alternate].flatMap(dropped);
  if (type === "SequenceExpression") return expression.expressions.flatMap(dropped);
  if (type === "ChainExpression" && expression.expression.type === "CallExpression") return [expression.expression];
  return [];
}

function makesCoroutine(call: CallExpression, context: Rule.RuleContext): boolean {
  const said = typeSays(call, context.sourceCode.parserServices);
  return said ?? calleeMakes(call.callee, context.sourceCode.getScope(call));
}

function calleeMakes(callee: Expression | Super, scope: Scope.Scope): boolean {
  if (callee.type === "Identifier") return isCoroutineFunction(definitionOf(callee.name, scope));
  return callee.type === "MemberExpression" && methodMakes(callee, scope);
}

function definitionOf(name: string, from: Scope.Scope): Scope.Definition | undefined {
  for (let scope: Scope.Scope | null = from; scope !== null; scope = scope.upper) {
    const variable = scope.set.get(name);
    if (variable !== undefined) return variable.defs.length === 1 ? variable.defs[0] : undefined;
  }
  return undefined;
}

function isCoroutineFunction(definition: Scope.Definition | undefined): boolean {
  if (definition === undefined) return false;
  if (definition.type === "FunctionName") return definition.node.generator === true;
  if (definition.type === "ImportBinding") {
    const imported = importedName(definition);
    return imported !== undefined && namesOf(moduleOf(definition)).includes(imported);
  }
  return definition.type === "Variable" && isGeneratorExpression(definition.node.init);
}

/** `function* () {…}`, or `coroutine(function* () {…})`. */
function isGeneratorExpression(init: Expression | null | undefined): boolean {
  if (init?.type === "FunctionExpression") return init.generator === true;
  if (init?.type !== "CallExpression" || init.callee.type !== "Identifier" || init.callee.name !== "coroutine") {
    return false;
  }
  const [first] = init.arguments;
  return first?.type === "FunctionExpression" && first.generator === true;
}

function importedName({ node }: Scope.Definition): string | undefined {
  if (node.type !== "ImportSpecifier") return undefined;
  return node.imported.type === "Identifier" ? node.imported.name : String(node.imported.value);
}

function moduleOf({ parent }: Scope.Definition): string {
  return parent?.type === "ImportDeclaration" ? String(parent.source.value) : "";
}

function namesOf(module: string): readonly string[] {
  return Object.hasOwn(FUNCTIONS, module) ? FUNCTIONS[module as keyof typeof FUNCTIONS] : [];
}

function methodMakes({ object, property, computed }: MemberExpression, scope: Scope.Scope): boolean {
  if (computed || property.type !== "Identifier") return false;
  if (object.type === "ThisExpression") return isGeneratorMethod(classAround(scope), property.name);
  if (object.type !== "Identifier") return false;
  const definition = definitionOf(object.name, scope);
  if (definition?.type === "ImportBinding") {
    // import * as asyncio from "escapement"
    return definition.node.type === "ImportNamespaceSpecifier" && namesOf(moduleOf(definition)).includes(property.name);
  }
  const made = definition?.type === "Variable" ? definition.node.init : undefined;
  if (made?.type !== "NewExpression" || made.callee.type !== "Identifier") return false;
  const maker = definitionOf(made.callee.name, scope);
  if (maker?.type === "ClassName") return isGeneratorMethod(maker.node, property.name);
  if (maker?.type !== "ImportBinding" || moduleOf(maker) !== "escapement") return false;
  const name = importedName(maker) ?? "";
  return (
    Object.hasOwn(METHODS, name) && (METHODS[name as keyof typeof METHODS] as readonly string[]).includes(property.name)
  );
}

function classAround(from: Scope.Scope): Node | undefined {
  for (let scope: Scope.Scope | null = from; scope !== null; scope = scope.upper) {
    if (scope.type === "class") return scope.block;
    // A plain function has a `this` of its own; that of a method is its class.
    if (scope.type === "function" && scope.block.type === "FunctionDeclaration") return undefined;
  }
  return undefined;
}

function isGeneratorMethod(node: Node | undefined, name: string): boolean {
  if (node?.type !== "ClassDeclaration" && node?.type !== "ClassExpression") return false;
  return node.body.body.some(
    (member) =>
      member.type === "MethodDefinition" &&
      member.key.type === "Identifier" &&
      member.key.name === name &&
      member.value.generator === true,
  );
}
