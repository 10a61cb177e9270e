namespace InstructKit.Authoring.Importing.Python;

/// <summary>
/// Translates a function of a Python file into the template language: statements are evaluated symbolically with an unknown row, leaving an expression over
/// the row's columns, preceded by loops where the row determines the number of iterations. Nothing is executed. Anything without exact counterpart is an error
/// that names it and its position (IK9003); nothing is guessed.
/// </summary>
/// <param name="modules">Other files that a file imports from.</param>
internal sealed partial class PythonTranslator(PythonModules modules)
{
    private const int MaxSteps = 20_000;
    private const int MaxDepth = 24;
    private const int MaxUnrolled = 40;
    private const int MaxLength = 30_000;
    private const int MaxRepeated = 160;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<(string Reason, string Expression)> _conditions = [];
    private List<string> _block = [];
    private int _steps;
    private int _depth;
    private int _blocks;

    // True where only an expression is allowed.
    private bool _isInline;

    /// <summary>The statements of the template language that come before the value.</summary>
    public IReadOnlyList<string> Statements => _block;

    /// <summary>Conditions that a row must meet for the translation to hold, by drop reason.</summary>
    public IEnumerable<(string Reason, string Expression)> Conditions => _conditions.Distinct();

    /// <summary>True when an expression uses what <see cref="Statements"/> set.</summary>
    public bool UsesStatements(string expression) => _names.Any(name => expression.Contains(name, StringComparison.Ordinal));

    /// <summary>Translates a call: the meaning of a function's result.</summary>
    /// <exception cref="DiagnosticException">It cannot be translated (IK9003).</exception>
    public PythonMeaning Call(PythonMeaning.Function function, IReadOnlyList<PythonMeaning> arguments, SourceSpan span) =>
        CallFunction(function, arguments, new Dictionary<string, PythonMeaning>(StringComparer.Ordinal), span);

    /// <summary>Evaluates the statements of a file; one that cannot be evaluated only loses the names that it sets.</summary>
    public void RunFile(IReadOnlyList<PythonStatement> statements, PythonScope scope)
    {
        foreach (var statement in statements)
        {
            try
            {
                _steps = 0;
                Run([statement], 0, scope);
                if (_block.Count > 0) throw Refuse("what depends on a row", statement.Span);
            }
            catch (DiagnosticException exception)
            {
                _block.Clear();
                _depth = 0;
                foreach (var name in PythonNames.SetBy([statement])) scope.Own[name] = new PythonMeaning.Lost(exception.Diagnostics[0]);
            }
        }
    }

    /// <summary>The error for something without a counterpart.</summary>
    internal static DiagnosticException Refuse(string what, SourceSpan? span) => new(new Diagnostic(ImportCodes.PythonCode, Severity.Error, what, span));

    // How a block of statements ends: each leaf with the names at that point.
    private abstract record Outcome
    {
        public sealed record Leaf(string Jump, PythonMeaning? Value, Dictionary<string, PythonMeaning> Names) : Outcome;

        public sealed record Branch(PythonMeaning Condition, Outcome Then, Outcome Else) : Outcome;
    }

    private Outcome Run(IReadOnlyList<PythonStatement> statements, int from, PythonScope scope)
    {
        for (var i = from; i < statements.Count; i++)
        {
            if (++_steps > MaxSteps) throw Refuse("more steps than a translation may have", statements[i].Span);

            switch (statements[i])
            {
                case PythonStatement.Return end:
                    return new Outcome.Leaf("return", end.Value is null ? new PythonMeaning.Constant(null) : Evaluate(end.Value, scope), scope.Own);
                case PythonStatement.Jump { Word: "pass" }:
                    break;
                case PythonStatement.Jump jump:
                    return new Outcome.Leaf(jump.Word, null, scope.Own);
                case PythonStatement.If branch:
                    if (RunIf(branch, scope) is { } outcome) return Continue(outcome, statements, i + 1, scope);

                    break;
                case PythonStatement.For loop:
                    if (RunLoop(loop, scope) is { } after) return Continue(after, statements, i + 1, scope);

                    break;
                default:
                    RunSimple(statements[i], scope);
                    break;
            }
        }

        return new Outcome.Leaf(string.Empty, null, scope.Own);
    }

    // The remaining statements apply to every end that reaches them.
    private Outcome Continue(Outcome outcome, IReadOnlyList<PythonStatement> statements, int from, PythonScope scope) => OnFall(outcome, scope, () => Run(statements, from, scope));

    private Outcome OnFall(Outcome outcome, PythonScope scope, Func<Outcome> next)
    {
        switch (outcome)
        {
            case Outcome.Leaf { Jump.Length: 0 } leaf:
                scope.Own = leaf.Names;
                return next();
            case Outcome.Branch branch:
                var then = InBlock(out var yes, () => OnFall(branch.Then, scope, next));
                var otherwise = InBlock(out var no, () => OnFall(branch.Else, scope, next));
                AddConditional(branch.Condition, yes, no);
                return new Outcome.Branch(branch.Condition, then, otherwise);
            default:
                return outcome;
        }
    }

    // Null when both branches continue, with the names set to their values afterwards.
    private Outcome? RunIf(PythonStatement.If branch, PythonScope scope)
    {
        var condition = Evaluate(branch.Test, scope);
        if (PythonCode.Truth(condition) is { } truth)
        {
            var known = Run(truth ? branch.Then : branch.Else, 0, scope);
            return known is Outcome.Leaf { Jump.Length: 0 } ? null : known;
        }

        if (PythonCode.TryCode(condition) is null) throw Refuse("a condition that is not a value of the row", branch.Span);

        condition = Kept(condition, "test", branch.Span);
        var before = scope.Own;
        scope.Own = new(before, StringComparer.Ordinal);
        var then = InBlock(out var yes, () => Run(branch.Then, 0, scope));
        scope.Own = new(before, StringComparer.Ordinal);
        var otherwise = InBlock(out var no, () => Run(branch.Else, 0, scope));
        AddConditional(condition, yes, no);
        if (TryExclude(condition, then, otherwise, scope) is { } rest) return rest is Outcome.Leaf { Jump.Length: 0 } ? null : rest;

        var outcome = new Outcome.Branch(condition, then, otherwise);
        if (Jumps(outcome).Any(jump => jump.Length > 0)) return outcome;

        Merge(outcome, before, scope, branch.Span);
        return null;
    }

    // A row on which Python fails does not belong to the task. If only some rows reach this point, that would be too strong.
    private Outcome? TryExclude(PythonMeaning condition, Outcome then, Outcome otherwise, PythonScope scope)
    {
        var isThen = then is Outcome.Leaf { Jump: "raise" };
        if (!isThen && otherwise is not Outcome.Leaf { Jump: "raise" }) return null;

        var code = PythonCode.TryText(condition, isThen ? PythonCode.Not : PythonCode.Choice)!;
        if (_blocks > 0 || UsesStatements(code)) return null;

        _conditions.Add(("fails", isThen ? $"not {code}" : code));
        var rest = isThen ? otherwise : then;
        if (rest is Outcome.Leaf leaf) scope.Own = leaf.Names;

        return rest;
    }

    private void Assert(PythonStatement.Assert assert, PythonScope scope)
    {
        var test = Evaluate(assert.Test, scope);
        if (PythonCode.Truth(test) is true) return;

        if (_blocks > 0 || PythonCode.TryText(test, PythonCode.Choice) is not { } code || UsesStatements(code)) throw Refuse("'assert'", assert.Span);

        _conditions.Add(("fails", code));
    }

    private void Merge(Outcome outcome, Dictionary<string, PythonMeaning> before, PythonScope scope, SourceSpan span)
    {
        var names = Names(outcome);
        foreach (var (name, value) in names.ToList())
        {
            if (!before.TryGetValue(name, out var old) || !ReferenceEquals(old, value)) names[name] = Kept(value, name, span);
        }

        scope.Own = names;
    }

    private static IEnumerable<string> Jumps(Outcome outcome) => outcome switch
    {
        Outcome.Leaf leaf => [leaf.Jump],
        Outcome.Branch branch => Jumps(branch.Then).Concat(Jumps(branch.Else)),
        _ => [],
    };

    // The names after an outcome, whichever branch was taken.
    private static Dictionary<string, PythonMeaning> Names(Outcome outcome)
    {
        if (outcome is not Outcome.Branch branch) return ((Outcome.Leaf)outcome).Names;

        var (then, otherwise) = (Names(branch.Then), Names(branch.Else));
        Dictionary<string, PythonMeaning> names = new(StringComparer.Ordinal);
        foreach (var (name, value) in then)
        {
            if (otherwise.TryGetValue(name, out var other) && PythonCode.Choose(branch.Condition, value, other) is { } one) names[name] = one;
        }

        return names;
    }

    private PythonMeaning CallFunction(PythonMeaning.Function function, IReadOnlyList<PythonMeaning> arguments, IReadOnlyDictionary<string, PythonMeaning> keywords, SourceSpan span)
    {
        if (++_depth > MaxDepth) throw Refuse($"{function.Name} calls itself, or calls are nested deeper than {MaxDepth} levels", span);

        var scope = new PythonScope(function.Scope);
        Bind(function, [.. function.Arguments, .. arguments], keywords, scope, span);
        var outcome = Run(function.Body, 0, scope);
        _depth--;
        return ValueOf(outcome) ?? throw Refuse($"{function.Name} returns values of different kinds, by the row", span);
    }

    private void Bind(PythonMeaning.Function function, IReadOnlyList<PythonMeaning> arguments, IReadOnlyDictionary<string, PythonMeaning> keywords, PythonScope scope, SourceSpan span)
    {
        var parameters = function.Parameters;
        if (parameters.FirstOrDefault(parameter => parameter.Name is ['*', ..] and not "*") is { } star && star.Name.TrimStart('*') is not "kwargs")
            throw Refuse($"the parameter {star.Name} of {function.Name}", span);

        List<PythonParameter> plain = [.. parameters.Where(parameter => parameter.Name is not ("" or ['/', ..] or ['*', ..]))];
        if (arguments.Count > plain.Count) throw Refuse($"{function.Name} is called with more arguments than it has", span);

        for (var i = 0; i < plain.Count; i++)
        {
            var name = plain[i].Name;
            if (i < arguments.Count) scope.Own[name] = Kept(arguments[i], name, span);
            else if (keywords.TryGetValue(name, out var given) || function.Keywords.TryGetValue(name, out given)) scope.Own[name] = given;
            else if (plain[i].Default is { } value) scope.Own[name] = Evaluate(value, function.Scope);
            else throw Refuse($"{function.Name} is called without its argument {name}", span);
        }
    }

    private static PythonMeaning? ValueOf(Outcome outcome) => outcome switch
    {
        Outcome.Leaf { Jump: "raise" } => null,
        Outcome.Leaf leaf => leaf.Value ?? new PythonMeaning.Constant(null),
        Outcome.Branch branch when ValueOf(branch.Then) is { } then && ValueOf(branch.Else) is { } otherwise => PythonCode.Choose(branch.Condition, then, otherwise),
        _ => null,
    };

    private void RunSimple(PythonStatement statement, PythonScope scope)
    {
        switch (statement)
        {
            case PythonStatement.Assign assign:
                var value = Evaluate(assign.Value, scope);
                foreach (var target in assign.Targets) Set(target, target is PythonExpression.Name name ? Kept(value, name.Id, statement.Span) : value, scope);

                break;
            case PythonStatement.Augment augment:
                Set(augment.Target, Arithmetic(augment.Operator, Evaluate(augment.Target, scope), Evaluate(augment.Value, scope), augment.Span), scope);
                break;
            case PythonStatement.Function function:
                scope.Own[function.Name] = new PythonMeaning.Function(function.Name, function.Parameters, function.Body, scope, [], new Dictionary<string, PythonMeaning>());
                break;
            case PythonStatement.Import import:
                modules.Import(import, scope);
                break;
            case PythonStatement.Evaluate { Value: PythonExpression.Text or PythonExpression.Literal }:
                break;
            case PythonStatement.Assert assert:
                Assert(assert, scope);
                break;
            case PythonStatement.Evaluate { Value: PythonExpression.Call call }:
                RunCall(call, scope);
                break;
            case PythonStatement.Other { Word: "class" } type:
                foreach (var name in type.Sets) scope.Own[name] = new PythonMeaning.Lost(Refuse($"the class {name}", type.Span).Diagnostics[0]);

                break;
            case PythonStatement.Other other:
                throw Refuse($"'{other.Word}'", other.Span);
            default:
                throw Refuse("this statement", statement.Span);
        }
    }

    /// <summary>Names a long expression, so it is not repeated at every use.</summary>
    private PythonMeaning Kept(PythonMeaning value, string hint, SourceSpan span)
    {
        var limit = value is PythonMeaning.Joined ? MaxRepeated * 2 : MaxRepeated;
        if (_isInline || value is not (PythonMeaning.Code or PythonMeaning.Joined) || PythonCode.WeightOf(value) <= limit || PythonCode.TryCode(value) is not { } code) return value;

        var name = NewName(hint);
        Add($"{{% set {name} = {code.Text} -%}}", span);
        return new PythonMeaning.Code(name, PythonCode.Primary, code.Kind);
    }

    private string NewName(string hint)
    {
        var plain = string.Concat(hint.Where(char.IsAsciiLetterOrDigit));
        var name = $"_{plain}";
        for (var i = 2; !_names.Add(name); i++) name = string.Create(CultureInfo.InvariantCulture, $"_{plain}_{i}");

        return name;
    }

    private void Add(string line, SourceSpan span)
    {
        _block.Add(line);
        if (line.Length > MaxLength || (_steps += line.Length / 64) > MaxSteps) throw Refuse("a translation that would be longer than a template should be", span);
    }

    private T InBlock<T>(out List<string> block, Func<T> run)
    {
        var outer = _block;
        _block = [];
        _blocks++;
        try
        {
            return run();
        }
        finally
        {
            block = _block;
            _block = outer;
            _blocks--;
        }
    }

    // Runs statements of a branch only where its condition holds.
    private void AddConditional(PythonMeaning condition, List<string> then, List<string> otherwise)
    {
        if (then.Count + otherwise.Count == 0) return;

        // The tag takes no choice without parentheses.
        var test = PythonCode.TryText(condition, PythonCode.Or);
        _block.Add(then.Count > 0 ? $"{{% if {test} -%}}" : $"{{% if not {PythonCode.TryText(condition, PythonCode.Not)} -%}}");
        _block.AddRange(then.Count > 0 ? then : otherwise);
        if (then.Count > 0 && otherwise.Count > 0)
        {
            _block.Add("{% else -%}");
            _block.AddRange(otherwise);
        }

        _block.Add("{% endif -%}");
    }
}
