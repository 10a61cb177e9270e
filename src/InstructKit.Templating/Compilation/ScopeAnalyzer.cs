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
        if (expression is Expression.Name name) scope.Read(name.Text, name.Range.Offset);
        foreach (var child in expression?.Children ?? []) Visit(child, scope);
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
            case Statement.With with:
                foreach (var value in with.Values) Visit(value, scope);
                break;
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
