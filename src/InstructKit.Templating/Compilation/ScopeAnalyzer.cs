using InstructKit.Templating.Syntax;

namespace InstructKit.Templating.Compilation;

/// <summary>Finds the variables of a scope: which names its statements read and set, in order. Inner blocks have their own scopes.</summary>
internal static class ScopeAnalyzer
{
    public static void Visit(IReadOnlyList<Statement> statements, Scope scope)
    {
        foreach (var statement in statements) Visit(statement, scope);
    }

    public static void Visit(Expression? expression, Scope scope)
    {
        switch (expression)
        {
            case null or Expression.Constant: break;
            case Expression.Name name: scope.Read(name.Text, name.Range.Offset); break;
            case Expression.Member member: Visit(member.Target, scope); break;
            case Expression.Item item: Visit(item.Target, scope); Visit(item.Index, scope); break;
            case Expression.Slice slice: Visit(slice.Start, scope); Visit(slice.Stop, scope); Visit(slice.Step, scope); break;
            case Expression.Sequence sequence: VisitAll(sequence.Items, scope); break;
            case Expression.Mapping mapping:
                foreach (var (key, value) in mapping.Pairs)
                {
                    Visit(key, scope);
                    Visit(value, scope);
                }

                break;
            case Expression.Unary unary: Visit(unary.Operand, scope); break;
            case Expression.Not not: Visit(not.Operand, scope); break;
            case Expression.Binary binary: Visit(binary.Left, scope); Visit(binary.Right, scope); break;
            case Expression.Logical logical: Visit(logical.Left, scope); Visit(logical.Right, scope); break;
            case Expression.Compare compare:
                Visit(compare.First, scope);
                foreach (var (_, operand) in compare.Rest) Visit(operand, scope);
                break;
            case Expression.Concat concat: VisitAll(concat.Parts, scope); break;
            case Expression.Conditional conditional:
                Visit(conditional.Condition, scope);
                Visit(conditional.Then, scope);
                Visit(conditional.Else, scope);
                break;
            case Expression.Filter filter: Visit(filter.Target, scope); VisitAll(filter.Arguments.All, scope); break;
            case Expression.Test test: Visit(test.Target, scope); VisitAll(test.Arguments.All, scope); break;
            case Expression.Call call: Visit(call.Target, scope); VisitAll(call.Arguments.All, scope); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Names that an assignment sets; an attribute's namespace is read.</summary>
    public static void VisitTarget(Expression target, Scope scope, bool asParameter = false)
    {
        switch (target)
        {
            case Expression.Name name when asParameter: scope.Declare(name.Text, name.Range.Offset); break;
            case Expression.Name name: scope.Store(name.Text, name.Range.Offset); break;
            case Expression.Sequence sequence:
                foreach (var item in sequence.Items) VisitTarget(item, scope, asParameter);
                break;
            case Expression.Member member: Visit(member.Target, scope); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void VisitAll(IEnumerable<Expression> expressions, Scope scope)
    {
        foreach (var expression in expressions) Visit(expression, scope);
    }

    private static void Visit(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case Statement.Text or Statement.Scope or Statement.Block or Statement.Jump or Statement.Unsupported: break;
            case Statement.Autoescape region: Visit(region.IsOn, scope); break;
            case Statement.Output output: Visit(output.Value, scope); break;
            case Statement.Do run: Visit(run.Value, scope); break;
            case Statement.Set set: Visit(set.Value, scope); VisitTarget(set.Target, scope); break;
            case Statement.SetBlock set: VisitTarget(set.Target, scope); break;
            case Statement.For loop: Visit(loop.Items, scope); break;
            case Statement.Macro macro: scope.Store(macro.Name, macro.Range.Offset); break;
            case Statement.CallBlock call: Visit(call.Call, scope); break;
            case Statement.FilterBlock block: Visit(block.Filter, scope); break;
            case Statement.With with: VisitAll(with.Values, scope); break;
            case Statement.If branches: VisitIf(branches, scope); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void VisitIf(Statement.If branches, Scope scope)
    {
        Visit(branches.Branches[0].Test, scope);
        var body = scope.Copy();
        Visit(branches.Branches[0].Body, body);
        var others = scope.Copy();
        foreach (var (test, statements) in branches.Branches.Skip(1)) VisitIf(new Statement.If(branches.Range, [(test, statements)], []), others);
        var otherwise = scope.Copy();
        Visit(branches.Else, otherwise);
        scope.Join(body, others, otherwise);
    }
}
