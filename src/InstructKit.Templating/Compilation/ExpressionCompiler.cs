using InstructKit.Templating.Builtins;
using InstructKit.Templating.Execution;
using InstructKit.Templating.Syntax;

namespace InstructKit.Templating.Compilation;

/// <summary>Compiles expressions, evaluating once what does not depend on the row.</summary>
internal sealed class ExpressionCompiler(SourceText source, TemplateOptions options, Library library, List<Diagnostic> errors)
{
    private static readonly RenderLimits FoldingLimits = new() { Steps = 10_000, BuiltBytes = 1 << 16, OutputBytes = 1 << 16 };

    private bool _isSoft;

    private readonly Frame _folding = new(new RenderContext(FoldingLimits) { Settings = options, Library = library }, 0, null);

    /// <summary>The template's blocks as called through <c>self</c>; compiled when it is used.</summary>
    public Dictionary<string, BlockCode> Blocks { get; } = new(StringComparer.Ordinal);

    public bool UsesSelf { get; private set; }

    /// <summary>Whether printed values are escaped at this point of the template; null where that is only known at run time.</summary>
    public bool? Autoescape { get; set; } = options.Autoescape;

    /// <summary>Nested at any depth in a tag that decides at run time whether HTML is escaped.</summary>
    public bool IsVolatile { get; set; }

    /// <summary>True for an expression that Jinja2 evaluates at compile time at this point of the template.</summary>
    public bool IsFolded(Expression expression) => new ConstantFolding(Truth).IsFolded(expression, IsVolatile);

    /// <summary>Whether an expression is true; null where Jinja2 only knows that at run time.</summary>
    public bool? FoldedTruth(Expression expression) => IsFolded(expression) ? Truth(expression) : null;

    // Each once: otherwise nested conditions would be re-evaluated on every level.
    private readonly Dictionary<Expression, bool?> _truths = new(ReferenceEqualityComparer.Instance);

    /// <summary>Compiles a part of the template.</summary>
    /// <param name="isSoft">True for parts guarded by a condition: an unknown filter or test in them only matters when reached.</param>
    public T Within<T>(bool isSoft, Func<T> compile)
    {
        var before = _isSoft;
        _isSoft = isSoft;
        var compiled = compile();
        _isSoft = before;
        return compiled;
    }

    public ExpressionNode Compile(Expression expression, Scope scope) => Fold(expression, Build(expression, scope), shared: false);

    /// <summary>Like <see cref="Compile"/>, for uses that only read the value: a constant list is created once.</summary>
    public ExpressionNode CompileShared(Expression expression, Scope scope) => Fold(expression, Build(expression, scope), shared: true);

    /// <summary>A name, seen from a function nested in the scope's own function.</summary>
    public NameNode CompileName(string name, Scope scope, FunctionLayout function, bool fromBlock = false)
    {
        var owner = scope.Find(name);
        if (owner?.SlotOf(name) is not { } slot) return name == "self" && IsSelf() ? new SelfNode(function.Depth, Blocks) : CompileRowName(name);
        var distance = function.DistanceTo(owner.Function);
        NameNode node = distance == 0 ? new LocalNode(slot, Undefined(name)) : new OuterNode(distance, slot, Undefined(name));
        return fromBlock || scope.LeavesBlockFor(owner) ? new BlockNameNode(node, CompileRowName(name), Undefined(name)) : node;
    }

    /// <summary>A name that no scope sets: a column, a variable of the render, or a global.</summary>
    public NameNode CompileRowName(string name)
    {
        var global = library.Globals.TryGetValue(name, out var value) ? value : Value.Missing;
        for (var i = 0; i < options.Slots.Count; i++)
        {
            if (options.Slots[i] == name) return new SlotNode(i, global, Undefined(name));
        }

        return new VariableNode(Value.From(name), global, Undefined(name));
    }

    public ExpressionNode CompileFilter(Expression.Filter filter, ExpressionNode input, Scope scope)
    {
        var target = filter.Target is Expression.Filter inner ? CompileFilter(inner, input, scope) : input;
        return CompileBuiltin(library.Filters.Find(filter.Text), filter.Text, target, filter.Arguments, filter.Range, scope, isFilter: true);
    }

    public ExpressionNode CompileCall(Expression.Call call, Scope scope, ExpressionNode? caller)
    {
        var target = call.Target is Expression.Member member
            ? new MemberNode(
                MethodTable.Find(ValueKind.List, member.Text) is { Mutates: true } ? Compile(member.Target, scope) : CompileShared(member.Target, scope), member.Text, member.Range)
            : Compile(call.Target, scope);
        ExpressionNode[] values = [.. CompileAll(call.Arguments.Values, scope), .. caller is null ? [] : (ExpressionNode[])[caller]];
        string[] names = [.. call.Arguments.Names, .. caller is null ? [] : (string[])["caller"]];
        return new CallNode(target, values, names, Optional(call.Arguments.Spread, scope), Optional(call.Arguments.KeywordSpread, scope), call.Range);
    }

    private ExpressionNode Build(Expression expression, Scope scope)
    {
        switch (expression)
        {
            case Expression.Constant constant: return new ConstantNode(constant.Value);
            case Expression.Name name: return CompileName(name.Text, scope, scope.Function);
            case Expression.Member member: return new MemberNode(Compile(member.Target, scope), member.Text, member.Range);
            case Expression.Item { Index: Expression.Slice slice } item:
                return new SliceNode(
                    Compile(item.Target, scope), Optional(slice.Start, scope), Optional(slice.Stop, scope), Optional(slice.Step, scope), item.Range);
            case Expression.Item item: return new ItemNode(CompileShared(item.Target, scope), Compile(item.Index, scope), item.Range, IsLabel(item));
            case Expression.Slice slice: return new ErrorNode(TemplateCodes.WrongType, "a slice among several indexes", null, slice.Range);
            case Expression.Sequence sequence: return new SequenceNode(sequence.IsTuple, CompileAll(sequence.Items, scope));
            case Expression.Mapping mapping:
                return new MappingNode([.. mapping.Pairs.Select(pair => (Compile(pair.Key, scope), Compile(pair.Value, scope)))], mapping.Range);
            case Expression.Unary unary: return new UnaryNode(unary.Sign, Compile(unary.Operand, scope), unary.Range);
            case Expression.Not not: return new NotNode(Compile(not.Operand, scope), not.Range);
            case Expression.Binary binary: return BuildBinary(binary, scope);
            case Expression.Logical logical:
                return new LogicalNode(logical.IsAnd, Compile(logical.Left, scope), Compile(logical.Right, scope), logical.Range);
            case Expression.Compare compare: return BuildCompare(compare, scope);
            case Expression.Concat concat:
                // A concatenation at compile time, or where escaping is decided at run time, is never a safe text.
                var mayBeSafe = Autoescape is true && !IsVolatile && !IsFolded(concat);
                return new ConcatNode(CompileAll(concat.Parts, scope), mayBeSafe, concat.Range);
            case Expression.Conditional conditional:
                return Within(isSoft: true, () => new ConditionalNode(Compile(conditional.Condition, scope), Compile(conditional.Then, scope), Optional(conditional.Else, scope)));
            case Expression.Filter filter: return BuildFilter(filter, scope);
            case Expression.Test test:
                return CompileBuiltin(
                    library.Tests.Find(test.Text), test.Text, CompileShared(test.Target, scope), test.Arguments, test.Range, scope, isFilter: false);
            case Expression.Call call: return CompileCall(call, scope, null);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private ExpressionNode[] CompileAll(IEnumerable<Expression> expressions, Scope scope) => [.. expressions.Select(expression => Compile(expression, scope))];

    private ExpressionNode? Optional(Expression? expression, Scope scope) => expression is null ? null : Compile(expression, scope);

    private ExpressionNode BuildBinary(Expression.Binary binary, Scope scope)
    {
        var left = Compile(binary.Left, scope);
        var right = Compile(binary.Right, scope);

        // Jinja2 writes a negative constant into Python's source without parentheses, where ** binds tighter: -2 ** n is -(2 ** n), -2 ** 2 is 4.
        if (binary.Sign == "**" && right is not ConstantNode && left is ConstantNode { Value: var number } && IsNegative(number))
            return new UnaryNode('-', new ArithmeticNode("**", new ConstantNode(Arithmetic.Negate(number)), right, binary.Range), binary.Range);

        return new ArithmeticNode(binary.Sign, left, right, binary.Range);
    }

    private bool IsLabel(Expression.Item item) => options.LabelsAreNotNegative && IndexWalk.IsComputed(item.Index)
        && IndexWalk.ListOf(item.Target) is Expression.Sequence or Expression.Name { Text: "options" or "answer_choices" };

    private static bool IsNegative(Value value) => value.Kind switch
    {
        ValueKind.Float => double.IsNegative(value.AsDouble) && !double.IsNaN(value.AsDouble),
        ValueKind.Integer => value.ToBigInteger().Sign < 0,
        _ => false,
    };

    private CompareNode BuildCompare(Expression.Compare compare, Scope scope) => new(
        CompileShared(compare.First, scope), [.. compare.Rest.Select(pair => (SignOf(pair.Sign), CompileShared(pair.Operand, scope)))],
        compare.Range);

    private ExpressionNode BuildFilter(Expression.Filter filter, Scope scope)
    {
        var builtin = library.Filters.Find(filter.Text);
        var target = builtin is { IsPure: true, ReturnsInput: false } ? CompileShared(filter.Target!, scope) : Compile(filter.Target!, scope); // only filter blocks lack a target
        return CompileBuiltin(builtin, filter.Text, target, filter.Arguments, filter.Range, scope, isFilter: true);
    }

    private ExpressionNode CompileBuiltin(
        Builtin? builtin, string name, ExpressionNode target, CallArguments arguments, SourceRange range, Scope scope, bool isFilter)
    {
        if (builtin is null) return Unknown(name, range, isFilter);
        var values = CompileAll(arguments.Values, scope);
        if (arguments.HasSpread)
        {
            // A filter called with * or ** is a function of the value and the rest.
            var function = new ConstantNode(Value.From(new FunctionValue(new Builtin(name, null, (context, _, values) => InvokeOnFirst(builtin, context, values)))));
            return new CallNode(
                function, [target, .. values], [.. arguments.Names], Optional(arguments.Spread, scope), Optional(arguments.KeywordSpread, scope), range);
        }

        string[] names = [.. arguments.Names];
        if (builtin.TryBind(arguments.PositionalCount, names, out var places) is { } message) return new ErrorNode(TemplateCodes.WrongType, message, null, range);
        if (builtin.Parameters is null) return new FilterNode(builtin, target, values, names, range);
        var bound = new ExpressionNode?[places.Length == 0 ? 0 : places.Max() + 1];
        for (var i = 0; i < places.Length; i++) bound[places[i]] = values[i];
        return new FilterNode(builtin, target, bound, [], range);
    }

    private static Value InvokeOnFirst(Builtin builtin, RenderContext context, scoped Arguments values) =>
        builtin.Invoke(context, values.Values[0], new Arguments(values.Values[1..], values.Names));

    private ErrorNode Unknown(string name, SourceRange range, bool isFilter)
    {
        var unknown = (isFilter ? library.Filters : library.Tests).Unknown(name);
        var message = unknown.Hint is null ? unknown.Message : unknown.Message + ".";
        if (!_isSoft) errors.Add(new Diagnostic(unknown.Code, Severity.Error, message, new SourceSpan(source, range.Offset, range.Length)) { Hint = unknown.Hint });
        return new ErrorNode(unknown.Code, unknown.Message, unknown.Hint, range);
    }

    // A column of that name hides it.
    private bool IsSelf()
    {
        if (library.Globals.Count == 0 || options.Slots.Contains("self", StringComparer.Ordinal)) return false;
        return UsesSelf = true;
    }

    private Value Undefined(string name) => Value.UndefinedBecause(UndefinedInfo.ForName(name), options.Undefined);

    // The value of an expression without names.
    private bool? Truth(Expression expression)
    {
        if (!_truths.TryGetValue(expression, out var truth)) _truths[expression] = truth = Evaluate(expression);
        return truth;
    }

    private bool? Evaluate(Expression expression)
    {
        var node = Within(isSoft: true, () => Build(expression, new Scope(null, new FunctionLayout(null))));
        try
        {
            _folding.Context.BeginRow([], []);
            _folding.Context.Autoescape = Autoescape ?? false;
            return node.IsTrue(_folding);
        }
        catch (TemplateError)
        {
            return null;
        }
    }

    /// <summary>Replaces an expression that is the same for every row by its value, unless the template could modify that value.</summary>
    private ExpressionNode Fold(Expression expression, ExpressionNode node, bool shared)
    {
        if (node is ConstantNode || Autoescape is null || !IsRowIndependent(expression) || (!shared && node is SequenceNode or MappingNode)) return node;
        try
        {
            _folding.Context.BeginRow([], []);
            _folding.Context.Autoescape = Autoescape.Value;
            var value = Detach(node.Evaluate(_folding));
            return value.IsFrozen || (shared && value.IsSequence && value.AsList.All(item => item.IsFrozen)) ? new ConstantNode(value) : node;
        }
        catch (TemplateError)
        {
            return node; // it fails if, and only if, it is reached
        }
    }

    private bool IsRowIndependent(Expression expression) => expression switch
    {
        Expression.Name or Expression.Member or Expression.Call => false,
        Expression.Filter filter when library.Filters.Find(filter.Text) is not { IsPure: true } => false,
        Expression.Test test when library.Tests.Find(test.Text) is not { IsPure: true } => false,
        _ => expression.Children.All(IsRowIndependent),
    };

    /// <summary>A copy outside scratch space.</summary>
    private static Value Detach(Value value)
    {
        if (value.IsText) return value.IsSafe ? Value.FromUtf8(value.TextSpan).AsSafe() : Value.FromUtf8(value.TextSpan);
        if (!value.IsSequence) return value;
        for (var i = 0; i < value.AsList.Count; i++) value.AsList[i] = Detach(value.AsList[i]);
        return value;
    }

    private static ComparisonSign SignOf(string sign) => (ComparisonSign)Array.IndexOf(["==", "!=", "<", "<=", ">", ">=", "in", "not in"], sign);
}
