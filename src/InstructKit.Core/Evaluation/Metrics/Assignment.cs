namespace InstructKit.Evaluation.Metrics;

/// <summary>The best one-to-one assignment of rows to columns (Kuhn 1955; shortest augmenting paths of Jonker and Volgenant 1987).</summary>
internal static class Assignment
{
    /// <summary>The largest sum of scores over all one-to-one assignments.</summary>
    /// <param name="scores">The scores, row by row, none negative.</param>
    /// <remarks>Cubic in the smaller number.</remarks>
    public static double Maximize(ReadOnlySpan<double> scores, int rows, int columns)
    {
        if (rows == 0 || columns == 0) return 0;
        var transposed = rows > columns;
        var (n, m) = transposed ? (columns, rows) : (rows, columns);

        // Potentials and the row of each column; index 0 is the row being assigned.
        var (rowPotential, columnPotential) = (new double[n + 1], new double[m + 1]);
        var (rowOf, previous) = (new int[m + 1], new int[m + 1]);
        var (distance, done) = (new double[m + 1], new bool[m + 1]);
        for (var row = 1; row <= n; row++)
        {
            rowOf[0] = row;
            var column = 0;
            Array.Fill(distance, double.PositiveInfinity);
            Array.Clear(done);
            do
            {
                done[column] = true;
                var (current, next, step) = (rowOf[column], 0, double.PositiveInfinity);
                for (var j = 1; j <= m; j++)
                {
                    if (done[j]) continue;
                    var score = transposed ? scores[(j - 1) * columns + current - 1] : scores[(current - 1) * columns + j - 1];
                    var cost = -score - rowPotential[current] - columnPotential[j];
                    if (cost < distance[j]) (distance[j], previous[j]) = (cost, column);
                    if (distance[j] < step) (step, next) = (distance[j], j);
                }

                for (var j = 0; j <= m; j++)
                {
                    if (done[j])
                    {
                        rowPotential[rowOf[j]] += step;
                        columnPotential[j] -= step;
                    }
                    else distance[j] -= step;
                }

                column = next;
            }
            while (rowOf[column] != 0);

            for (; column != 0; column = previous[column]) rowOf[column] = rowOf[previous[column]];
        }

        var sum = 0.0;
        for (var j = 1; j <= m; j++)
        {
            if (rowOf[j] != 0) sum += transposed ? scores[(j - 1) * columns + rowOf[j] - 1] : scores[(rowOf[j] - 1) * columns + j - 1];
        }

        return sum;
    }
}
