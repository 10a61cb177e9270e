using InstructKit.Templating.Execution;
using InstructKit.Templating.Syntax;

namespace InstructKit.Templating.Compilation;

/// <summary>Compiles statements: decides where every variable is stored and builds the nodes that run.</summary>
internal sealed class StatementCompiler(SourceText source, TemplateOptions options, Library library, List<Diagnostic> errors, Func<string, byte[]>? encodeText)
{
    private readonly Dictionary<string, int> _free = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Statement.Block> _blocks = new(StringComparer.Ordinal);
    private ExpressionCompiler? _expressions;

    /// <summary>Autoescape outside a tag whose value is only known at run time.</summary>
    private bool _enclosingAutoescape = options.Autoescape;

    /// <summary>The scope seen by a block that is not <c>scoped</c>.</summary>
    private Scope? _visibleToBlocks;

    private ExpressionCompiler Expressions => _expressions ??= new ExpressionCompiler(source, options, library, errors);

    public Program CompileTemplate(IReadOnlyList<Statement> statements)
    {
        var function = new FunctionLayout(null);
        var scope = new Scope(null, function);
        _visibleToBlocks = scope;
        ScopeAnalyzer.Visit(statements, scope);
        var body = CompileScope(statements, scope);
        if (Expressions.UsesSelf) CompileBlocksOfSelf(scope);
        return Finish([body], null, function, body);
    }

    public Program CompileExpression(Expression expression)
    {
        var function = new FunctionLayout(null);
        var scope = new Scope(null, function);
        ScopeAnalyzer.Visit(expression, scope);
        Prologue(scope);
        return Finish([], Expressions.Compile(expression, scope), function, null);
    }

    private Program Finish(RenderNode[] body, ExpressionNode? expression, FunctionLayout function, BlockNode? block) => new()
    {
        Options = options,
        Library = library,
        Body = block is { HasEntries: false } ? block.Body : body,
        Expression = expression,
        LocalCount = function.LocalCount,
        UndeclaredNames = [.. _free.OrderBy(pair => pair.Value).Select(pair => pair.Key)],
    };

    private BlockNode CompileScope(IReadOnlyList<Statement> statements, Scope scope)
    {
        var entries = Prologue(scope);
        return new BlockNode(entries, Compile(statements, scope));
    }

    /// <summary>The first values of a scope's variables; names read from the row are recorded on the way.</summary>
    private ScopeEntry[] Prologue(Scope scope)
    {
        List<ScopeEntry> entries = [];
        foreach (var (name, symbol) in scope.Symbols)
        {
            if (symbol.Load == SymbolLoad.Resolve) NoteFree(name, symbol.Offset);
            if (symbol.Load == SymbolLoad.Parameter || scope.SlotOf(name) is not { } slot) continue;
            NameNode? first = symbol.Load switch
            {
                SymbolLoad.Undefined => null,
                SymbolLoad.Alias => Expressions.CompileName(name, scope.Parent!, scope.Function, scope.IsBlock), // an alias has an outer scope
                _ => Expressions.CompileRowName(name),
            };
            entries.Add(new ScopeEntry(slot, first));
        }

        return [.. entries];
    }

    private void NoteFree(string name, int offset)
    {
        var isGlobal = library.Globals.ContainsKey(name) || (name == "self" && library.Globals.Count > 0);
        if (name == "_" || (isGlobal && !options.Slots.Contains(name, StringComparer.Ordinal))) return;
        if (!_free.TryGetValue(name, out var known) || offset < known) _free[name] = offset;
    }

    private RenderNode[] Compile(IReadOnlyList<Statement> statements, Scope scope)
    {
        List<RenderNode> nodes = [];
        var literal = new List<byte>();
        foreach (var statement in statements)
        {
            if (statement is Statement.Text text)
            {
                literal.AddRange(Encode(text.Content));
                continue;
            }

            var node = Compile(statement, scope);
            if (node is OutputNode { Value: ConstantNode constant } && Expressions.Autoescape is false && TryLiteral(constant, literal)) continue;
            Flush(literal, nodes);
            nodes.Add(node);
        }

        Flush(literal, nodes);
        return [.. nodes];
    }

    private static bool TryLiteral(ConstantNode constant, List<byte> literal)
    {
        if (constant.Value.IsUndefined) return false;
        var output = new Utf8Output(64);
        try
        {
            constant.Value.AppendText(output);
        }
        catch (TemplateError)
        {
            return false; // it fails if, and only if, it is reached
        }

        literal.AddRange(output.Written);
        return true;
    }

    private static void Flush(List<byte> literal, List<RenderNode> nodes)
    {
        if (literal.Count > 0) nodes.Add(new LiteralNode([.. literal]));
        literal.Clear();
    }

    private byte[] Encode(string text) => encodeText is null ? Encoding.UTF8.GetBytes(text) : encodeText(text);

    private RenderNode Compile(Statement statement, Scope scope) => statement switch
    {
        Statement.Output output => new OutputNode(Value(output.Value, scope), Expressions.Autoescape ?? (Expressions.IsFolded(output.Value) ? _enclosingAutoescape : null), output.Value.Range),
        Statement.If branches => CompileIf(branches, scope),
        Statement.For loop => CompileFor(loop, scope),
        Statement.Set set => new SetNode(Target(set.Target, scope), Value(set.Value, scope)),
        Statement.SetBlock set => CompileSetBlock(set, scope),
        Statement.Macro macro => new MacroNode(new LocalTarget(SlotOf(macro.Name, scope)), CompileMacro(macro, scope)),
        Statement.CallBlock call => CompileCallBlock(call, scope),
        Statement.FilterBlock block => new OutputNode(
            new TextOnlyNode(Expressions.CompileFilter(block.Filter, new CaptureNode(CompileInner(block.Body, scope, out _)), scope)), escape: false, block.Range),
        Statement.With with => CompileWith(with, scope),
        Statement.Scope block => new MarkNode(CompileInner(block.Body, scope, out _)),
        Statement.Block { IsRequired: true } block => new DoNode(new ErrorNode(TemplateCodes.WrongValue, $"Required block '{block.Name}' not found", null, block.Range)),
        Statement.Block block => CompileBlock(block, scope),
        Statement.Autoescape region => CompileAutoescape(region, scope),
        Statement.Unsupported other => new DoNode(new ErrorNode(TemplateCodes.LeftOut, Statement.Unsupported.Message(other.Tag), null, other.Range)),
        Statement.Do run => new DoNode(Value(run.Value, scope)),
        Statement.Jump jump => new JumpNode(jump.IsBreak ? Flow.Break : Flow.Continue),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private ExpressionNode Value(Expression expression, Scope scope) => Expressions.Compile(expression, scope);

    private BlockNode CompileInner(IReadOnlyList<Statement> body, Scope scope, out Scope inner)
    {
        inner = new Scope(scope, scope.Function);
        ScopeAnalyzer.Visit(body, inner);
        return InHardScope(body, inner);
    }

    private BlockNode CompileBlock(Statement.Block block, Scope scope)
    {
        _blocks.TryAdd(block.Name, block);
        return CompileBlock(block, block.IsScoped ? scope : _visibleToBlocks!, scope.Function); // set at the beginning of the template
    }

    private BlockNode CompileBlock(Statement.Block block, Scope visible, FunctionLayout function)
    {
        var (before, autoescape, enclosing, isVolatile) = (_visibleToBlocks, Expressions.Autoescape, _enclosingAutoescape, Expressions.IsVolatile);
        _visibleToBlocks = visible;
        Expressions.Autoescape = _enclosingAutoescape = options.Autoescape; // a block is compiled separately from its surroundings
        Expressions.IsVolatile = false;
        var inner = new Scope(visible, function, isBlock: true);
        ScopeAnalyzer.Visit(block.Body, inner);
        var body = InHardScope(block.Body, inner);
        (_visibleToBlocks, Expressions.Autoescape, _enclosingAutoescape, Expressions.IsVolatile) = (before, autoescape, enclosing, isVolatile);
        return body;
    }

    private void CompileBlocksOfSelf(Scope top)
    {
        foreach (var block in _blocks.Values.ToArray())
        {
            var function = new FunctionLayout(top.Function);
            Expressions.Blocks[block.Name] = new BlockCode(block.Name, function, CompileBlock(block, top, function));
        }
    }

    private AutoescapeNode CompileAutoescape(Statement.Autoescape region, Scope scope)
    {
        var isOn = Value(region.IsOn, scope);
        var (before, enclosing, isVolatile) = (Expressions.Autoescape, _enclosingAutoescape, Expressions.IsVolatile);
        _enclosingAutoescape = before ?? enclosing;
        Expressions.Autoescape = Expressions.FoldedTruth(region.IsOn);
        Expressions.IsVolatile |= Expressions.Autoescape is null;
        var body = CompileInner(region.Body, scope, out _);
        (Expressions.Autoescape, _enclosingAutoescape, Expressions.IsVolatile) = (before, enclosing, isVolatile);
        return new AutoescapeNode(isOn, body);
    }

    private BlockNode InHardScope(IReadOnlyList<Statement> body, Scope inner) => Expressions.Within(isSoft: false, () => CompileScope(body, inner));

    private IfNode CompileIf(Statement.If branches, Scope scope) => Expressions.Within(isSoft: true, () => new IfNode(
        [.. branches.Branches.Select(branch => (Value(branch.Test, scope), Compile(branch.Body, scope)))], Compile(branches.Else, scope), branches.Range));

    private ForNode CompileFor(Statement.For loop, Scope scope)
    {
        var items = Expressions.CompileShared(loop.Items, scope);
        var function = loop.IsRecursive ? new FunctionLayout(scope.Function) : scope.Function;
        var inner = new Scope(scope, function);
        if (loop.UsesLoop) inner.Declare("loop", loop.Range.Offset);
        ScopeAnalyzer.VisitTarget(loop.Target, inner, asParameter: true);
        ScopeAnalyzer.Visit(loop.Body, inner);
        LoopFilter? filter = null;
        if (loop.Filter is not null)
        {
            var test = new Scope(scope, function);
            ScopeAnalyzer.VisitTarget(loop.Target, test, asParameter: true);
            ScopeAnalyzer.Visit(loop.Filter, test);
            var entries = Prologue(test);
            filter = new LoopFilter(Target(loop.Target, test), new BlockNode(entries, []), Expressions.Compile(loop.Filter, test));
        }

        var otherwise = new Scope(scope, function);
        ScopeAnalyzer.Visit(loop.Else, otherwise);
        var target = Target(loop.Target, inner);
        var body = InHardScope(loop.Body, inner);
        return new ForNode(
            items, target, filter, body, InHardScope(loop.Else, otherwise), loop.UsesLoop ? SlotOf("loop", inner) : null, loop.IsRecursive ? function : null, loop.Items.Range);
    }

    private SetNode CompileSetBlock(Statement.SetBlock set, Scope scope)
    {
        ExpressionNode value = new CaptureNode(CompileInner(set.Body, scope, out var inner));
        if (set.Filter is not null)
        {
            ScopeAnalyzer.Visit(set.Filter, inner);
            value = Expressions.CompileFilter(set.Filter, value, inner);
        }

        return new SetNode(Target(set.Target, scope), value);
    }

    private CallBlockNode CompileCallBlock(Statement.CallBlock call, Scope scope)
    {
        var slot = scope.Function.Add();
        var node = Expressions.CompileCall(call.Call, scope, new LocalNode(slot, default));
        return new CallBlockNode(node, slot, CompileMacro(call.Caller, scope), call.Range);
    }

    private WithNode CompileWith(Statement.With with, Scope scope)
    {
        var values = with.Values.Select(value => Value(value, scope)).ToArray();
        var inner = new Scope(scope, scope.Function);
        foreach (var target in with.Targets) ScopeAnalyzer.VisitTarget(target, inner, asParameter: true);
        ScopeAnalyzer.Visit(with.Body, inner);
        var body = InHardScope(with.Body, inner);
        return new WithNode([.. with.Targets.Select(target => Target(target, inner))], values, body);
    }

    private MacroCode CompileMacro(Statement.Macro macro, Scope scope)
    {
        var function = new FunctionLayout(scope.Function);
        var inner = new Scope(scope, function);
        foreach (var parameter in macro.Parameters) inner.Declare(parameter.Text, parameter.Range.Offset);
        foreach (var value in macro.Defaults) ScopeAnalyzer.Visit(value, inner);
        var names = macro.Parameters.Select(parameter => parameter.Text).ToArray();
        var caller = DeclareSpecial(macro, "caller", MacroNames.Caller, names, inner);
        var rest = DeclareSpecial(macro, "varargs", MacroNames.Varargs, names, inner);
        var keywords = DeclareSpecial(macro, "kwargs", MacroNames.Kwargs, names, inner);
        ScopeAnalyzer.Visit(macro.Body, inner);
        var defaults = Expressions.Within(isSoft: false, () => macro.Defaults.Select(value => Expressions.Compile(value, inner)).ToArray());
        var body = InHardScope(macro.Body, inner);
        return new MacroCode(macro.Name, names, [.. names.Select(name => SlotOf(name, inner))], defaults, caller, rest, keywords, function, body);
    }

    private static int? DeclareSpecial(Statement.Macro macro, string name, MacroNames flag, string[] parameters, Scope inner)
    {
        if (!macro.Uses.HasFlag(flag) || parameters.Contains(name, StringComparer.Ordinal)) return null;
        inner.Declare(name, macro.Range.Offset);
        return SlotOf(name, inner);
    }

    private TargetNode Target(Expression target, Scope scope) => target switch
    {
        Expression.Name name => new LocalTarget(SlotOf(name.Text, scope)),
        Expression.Sequence sequence => new TupleTarget([.. sequence.Items.Select(item => Target(item, scope))], sequence.Range),
        Expression.Member { Target: Expression.Name owner } member => new NamespaceTarget(Expressions.CompileName(owner.Text, scope, scope.Function), member.Text, member.Range),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static int SlotOf(string name, Scope scope) => scope.SlotOf(name) ?? throw new System.Diagnostics.UnreachableException();
}
