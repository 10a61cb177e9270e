namespace InstructKit.Authoring.Importing.Python;

/// <summary>Loops and comprehensions: over known values they are unrolled, over a list of the row they become loops of the template language.</summary>
internal sealed partial class PythonTranslator
{
    private const string Ended = "ended";
    private const string Returned = "returned";
    private const string Result = "result";

    // Null when the loop just ends, with the names set to their values afterwards.
    private Outcome? RunLoop(PythonStatement.For loop, PythonScope scope)
    {
        if (loop.Else.Count > 0) throw Refuse("'else' of a loop", loop.Span);

        var source = Evaluate(loop.Source, scope);
        if (TryItems(source) is { } items)
        {
            var before = scope.Own;
            scope.Own = new(before, StringComparer.Ordinal);
            var outcome = RunItems(loop, items, 0, scope);
            if (Jumps(outcome).Any(jump => jump.Length > 0)) return outcome;

            Merge(outcome, before, scope, loop.Span);
            return null;
        }

        return RunDynamic(loop, source, scope);
    }

    private Outcome RunItems(PythonStatement.For loop, IReadOnlyList<PythonMeaning> items, int from, PythonScope scope)
    {
        for (var i = from; i < items.Count; i++)
        {
            Set(loop.Target, items[i], scope);
            var outcome = Run(loop.Body, 0, scope);
            if (outcome is Outcome.Leaf { Jump: "" or "continue" }) continue;

            var next = i + 1;
            return AfterTurn(outcome, scope, () => RunItems(loop, items, next, scope));
        }

        return new Outcome.Leaf(string.Empty, null, scope.Own);
    }

    private Outcome AfterTurn(Outcome outcome, PythonScope scope, Func<Outcome> next)
    {
        switch (outcome)
        {
            case Outcome.Leaf { Jump: "break" } leaf:
                return leaf with { Jump = string.Empty };
            case Outcome.Leaf { Jump: "continue" } leaf:
                return OnFall(leaf with { Jump = string.Empty }, scope, next);
            case Outcome.Branch branch when Jumps(branch).All(jump => jump is "" or "continue"):
                scope.Own = Names(branch);
                return next();
            case Outcome.Branch branch:
                var then = InBlock(out var yes, () => AfterTurn(branch.Then, scope, next));
                var otherwise = InBlock(out var no, () => AfterTurn(branch.Else, scope, next));
                AddConditional(branch.Condition, yes, no);
                return new Outcome.Branch(branch.Condition, then, otherwise);
            default:
                return OnFall(outcome, scope, next);
        }
    }

    // Names changed by an iteration are in a namespace, which outlives it.
    private Outcome.Branch? RunDynamic(PythonStatement.For loop, PythonMeaning source, PythonScope scope)
    {
        var before = scope.Own;
        List<string> carried = [.. PythonNames.SetBy(loop.Body).Where(before.ContainsKey)];
        var state = NewName("state");
        var kinds = carried.ToDictionary(name => name, name => PythonCode.KindOf(before[name]), StringComparer.Ordinal);
        Dictionary<string, PythonMeaning> after = [];
        List<string> body = [];
        string head = string.Empty;
        IReadOnlyList<string> jumps = [];
        while (true)
        {
            scope.Own = new(before, StringComparer.Ordinal);
            foreach (var name in carried) scope.Own[name] = StateOf(state, name, kinds[name]);

            var outcome = InBlock(out body, () =>
            {
                head = OpenLoop(loop.Target, source, scope, loop.Span);
                return Run(loop.Body, 0, scope);
            });
            jumps = [.. Jumps(outcome)];
            after = Names(Flat(outcome));
            if (carried.Find(name => !after.ContainsKey(name)) is { } lost) throw Refuse($"{lost}, which has values of different kinds in a loop", loop.Span);

            var wrong = carried.Where(name => kinds[name] != PythonKind.Unknown && PythonCode.KindOf(after[name]) != kinds[name]).ToList();
            if (wrong.Count == 0) break;

            // A type that only holds for the first iteration is unknown.
            foreach (var name in wrong) kinds[name] = PythonKind.Unknown;
        }

        var doesReturn = jumps.Contains("return");
        var doesEnd = doesReturn || jumps.Contains("break");
        List<string> changed = [.. carried.Where(name => !PythonCode.AreSame(after[name], StateOf(state, name, kinds[name])))];
        foreach (var (flag, isUsed) in ((string Flag, bool IsUsed)[])[(Ended, doesEnd), (Returned, doesReturn), (Result, doesReturn)])
        {
            if (isUsed) changed.Add($"\0{flag}");
        }

        // Those that the body reads must be there, even if unchanged.
        var read = carried.Except(changed).Where(name => body.Append(head).Concat(changed.Select(one => PythonCode.TryText(after[one], PythonCode.Choice) ?? string.Empty)).Any(line => line.Contains(StateOf(state, name, kinds[name]).Text, StringComparison.Ordinal)));
        var initial = changed.Concat(read).Select(name => $"{StateName(name)}={(name[0] == '\0' ? (name[1..] == Result ? "none" : "false") : TextOf(before[name], PythonCode.Choice, loop.Span))}");
        Add($"{{% set {state} = namespace({string.Join(", ", initial)}) -%}}", loop.Span);
        Add(head, loop.Span);
        if (doesEnd) Add($"{{% if not {state}.{Ended} -%}}", loop.Span);

        _block.AddRange(body);
        Store(state, changed, after, loop.Span);
        if (doesEnd) Add("{% endif -%}", loop.Span);

        Add("{% endfor -%}", loop.Span);
        scope.Own = new(before, StringComparer.Ordinal);
        foreach (var name in carried) scope.Own[name] = changed.Contains(name) ? StateOf(state, name, kinds[name]) : before[name];

        if (!doesReturn) return null;

        return new Outcome.Branch(
            new PythonMeaning.Code($"{state}.{Returned}", PythonCode.Primary, PythonKind.Boolean),
            new Outcome.Leaf("return", new PythonMeaning.Code($"{state}.{Result}", PythonCode.Primary, PythonKind.Unknown), scope.Own),
            new Outcome.Leaf(string.Empty, null, new(scope.Own, StringComparer.Ordinal)));
    }

    private static PythonMeaning.Code StateOf(string state, string name, PythonKind kind) => new($"{state}.{StateName(name)}", PythonCode.Primary, kind);

    private static string StateName(string name) => name[0] == '\0' ? name[1..] : $"{name.Trim('_')}_";

    // The way an iteration ends is encoded in values.
    private static Outcome Flat(Outcome outcome)
    {
        if (outcome is Outcome.Branch branch) return branch with { Then = Flat(branch.Then), Else = Flat(branch.Else) };

        var leaf = (Outcome.Leaf)outcome;
        var ends = leaf.Jump is "break" or "return";
        var returns = leaf.Jump == "return";
        Dictionary<string, PythonMeaning> names = new(leaf.Names, StringComparer.Ordinal)
        {
            [$"\0{Ended}"] = new PythonMeaning.Constant(ends),
            [$"\0{Returned}"] = new PythonMeaning.Constant(returns),
            [$"\0{Result}"] = returns ? leaf.Value! : new PythonMeaning.Constant(null),
        };
        outcome = leaf with { Names = names };
        return outcome;
    }

    // A value may depend on another one that also changes.
    private void Store(string state, List<string> changed, Dictionary<string, PythonMeaning> after, SourceSpan span)
    {
        var values = changed.Select(name => TextOf(after[name], PythonCode.Choice, span)).ToList();
        for (var i = 0; i < changed.Count; i++)
        {
            var later = values.Skip(i + 1).Any(value => value.Contains($"{state}.{StateName(changed[i])}", StringComparison.Ordinal));
            if (!later) continue;

            for (var j = 0; j < values.Count; j++)
            {
                var name = NewName("next");
                Add($"{{% set {name} = {values[j]} -%}}", span);
                values[j] = name;
            }

            break;
        }

        for (var i = 0; i < changed.Count; i++) Add($"{{% set {state}.{StateName(changed[i])} = {values[i]} -%}}", span);
    }

    /// <summary>The tag that opens a loop over a list of the row; its targets are set in the scope, computed ones by statements of the block.</summary>
    private string OpenLoop(PythonExpression target, PythonMeaning source, PythonScope scope, SourceSpan span)
    {
        if (source is PythonMeaning.Numbered numbered)
        {
            if (target is not PythonExpression.Display { Items: [PythonExpression.Name counter, var inner] }) throw Refuse("enumerate() into other than a number and an item", span);

            var head = OpenLoop(inner, numbered.Items, scope, span);
            var name = NewName(counter.Id);
            Add($"{{% set {name} = loop.index0{(numbered.Start == 0 ? string.Empty : $" + {PythonCode.Literal(numbered.Start)}")} -%}}", span);
            scope.Own[counter.Id] = new PythonMeaning.Code(name, PythonCode.Primary, PythonKind.Integer);
            return head;
        }

        var list = TextOf(source, PythonCode.Or, span);
        List<string> names = [];
        foreach (var item in target is PythonExpression.Display { Items: var items } ? items : [target])
        {
            if (item is not PythonExpression.Name id) throw Refuse("the target of a loop", span);

            names.Add(NewName(id.Id));
            scope.Own[id.Id] = new PythonMeaning.Code(names[^1], PythonCode.Primary, PythonKind.Unknown);
        }

        return $"{{% for {string.Join(", ", names)} in {list} -%}}";
    }

    private PythonMeaning EvaluateComprehension(PythonExpression.Comprehension comprehension, PythonScope scope)
    {
        if (InBlock(out var block, () => Gather(comprehension, 0, new PythonScope(scope))) is { } known)
        {
            _block.AddRange(block);
            return comprehension.Value is null
                ? Listed(known, comprehension.Span)
                : known.TrueForAll(one => one.Condition is null && one.Key is PythonMeaning.Constant)
                    ? known.Aggregate((PythonMeaning)new PythonMeaning.Table([]), (all, one) => With(all, one.Key!, one.Value, comprehension.Span))
                    : throw Refuse("a dictionary whose keys are of the row", comprehension.Span);
        }

        if (comprehension.Value is not null) throw Refuse("a dictionary of a list of the row", comprehension.Span);

        var state = NewName("list");
        Add($"{{% set {state} = namespace(items=[]) -%}}", comprehension.Span);
        AddComprehension(comprehension, 0, state, new PythonScope(scope));
        return new PythonMeaning.Code($"{state}.items", PythonCode.Primary, PythonKind.List);
    }

    // The elements when all lists are known; null if one is of the row, with nothing added.
    private List<(PythonMeaning? Key, PythonMeaning Value, PythonMeaning? Condition)>? Gather(PythonExpression.Comprehension comprehension, int clause, PythonScope scope)
    {
        if (clause == comprehension.Clauses.Count)
        {
            return comprehension.Value is { } value
                ? [(Evaluate(comprehension.Element, scope), Evaluate(value, scope), null)]
                : [(null, Evaluate(comprehension.Element, scope), null)];
        }

        var (target, source, conditions) = comprehension.Clauses[clause];
        if (TryItems(Evaluate(source, scope)) is not { } items) return null;

        List<(PythonMeaning? Key, PythonMeaning Value, PythonMeaning? Condition)> all = [];
        foreach (var item in items)
        {
            Set(target, item, scope);
            PythonMeaning? condition = null;
            var isOut = false;
            foreach (var test in conditions)
            {
                var one = Evaluate(test, scope);
                if (PythonCode.Truth(one) is { } truth) isOut |= !truth;
                else condition = condition is null ? one : Both(condition, one, comprehension.Span);
            }

            if (isOut) continue;

            if (Gather(comprehension, clause + 1, scope) is not { } inner) return null;

            all.AddRange(inner.Select(one => condition is null ? one : (one.Key, one.Value, one.Condition is null ? condition : Both(condition, one.Condition, comprehension.Span))));
        }

        return all;
    }

    private static PythonMeaning.Code Both(PythonMeaning left, PythonMeaning right, SourceSpan span) =>
        new($"{TextOf(left, PythonCode.And, span)} and {TextOf(right, PythonCode.And, span)}", PythonCode.And, PythonKind.Unknown);

    // A list with items that depend on the row.
    private static PythonMeaning Listed(List<(PythonMeaning? Key, PythonMeaning Value, PythonMeaning? Condition)> items, SourceSpan span)
    {
        if (items.TrueForAll(item => item.Condition is null)) return new PythonMeaning.Sequence([.. items.Select(item => item.Value)]);

        var parts = items.Select(item =>
        {
            var one = $"[{TextOf(item.Value, PythonCode.Choice, span)}]";
            return item.Condition is null ? one : $"({one} if {TextOf(item.Condition, PythonCode.Or, span)} else [])";
        });
        return new PythonMeaning.Code(string.Join(" + ", parts), PythonCode.Add, PythonKind.List);
    }

    private void AddComprehension(PythonExpression.Comprehension comprehension, int clause, string state, PythonScope scope)
    {
        if (clause == comprehension.Clauses.Count)
        {
            var element = TextOf(Evaluate(comprehension.Element, scope), PythonCode.Choice, comprehension.Span);
            Add($"{{% set {state}.items = {state}.items + [{element}] -%}}", comprehension.Span);
            return;
        }

        var (target, source, conditions) = comprehension.Clauses[clause];
        var head = string.Empty;
        var list = Evaluate(source, scope);
        InBlock(out var body, () =>
        {
            head = OpenLoop(target, list, scope, comprehension.Span);
            AddTested(comprehension, clause, conditions, 0, state, scope);
            return true;
        });
        Add(head, comprehension.Span);
        _block.AddRange(body);
        Add("{% endfor -%}", comprehension.Span);
    }

    private void AddTested(PythonExpression.Comprehension comprehension, int clause, IReadOnlyList<PythonExpression> conditions, int index, string state, PythonScope scope)
    {
        if (index == conditions.Count)
        {
            AddComprehension(comprehension, clause + 1, state, scope);
            return;
        }

        var test = Evaluate(conditions[index], scope);
        InBlock(out var body, () =>
        {
            AddTested(comprehension, clause, conditions, index + 1, state, scope);
            return true;
        });
        AddConditional(new PythonMeaning.Code(TextOf(test, PythonCode.Choice, comprehension.Span), PythonCode.Choice, PythonKind.Unknown), body, []);
    }

    // The items of a value known without a row.
    private static IReadOnlyList<PythonMeaning>? TryItems(PythonMeaning meaning) => meaning switch
    {
        PythonMeaning.Sequence { Items.Count: <= MaxUnrolled } sequence => sequence.Items,
        PythonMeaning.Table { Entries.Count: <= MaxUnrolled } table => [.. table.Entries.Select(entry => entry.Key)],
        PythonMeaning.Constant { Value: string { Length: <= MaxUnrolled } text } => [.. text.EnumerateRunes().Select(rune => new PythonMeaning.Constant(rune.ToString()))],
        PythonMeaning.Numbered numbered when TryItems(numbered.Items) is { } items =>
            [.. items.Select((item, index) => new PythonMeaning.Sequence([new PythonMeaning.Constant(numbered.Start + index), item]))],
        _ => null,
    };
}
